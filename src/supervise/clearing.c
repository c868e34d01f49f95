/*
 * clearing.c - end what is left when a program has ended: of one run, or of the whole pod
 */
#include "supervise/clearing.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "supervise/processes.h"
#include "supervise/supervise.h"
#include "supervise/watch.h"
#include "util/log.h"

/* Until what is still left after a last KILL gets it again. */
enum { KILL_AGAIN_MS = 1000 };

static const char *name_for_messages(const struct clearing *clearing)
{
    return clearing->service != NULL ? name_of(clearing->service) : "drain";
}

/* Whether everything that nsinit can reach is to go: then nothing needs to be picked out. */
static bool takes_all(const struct clearing *clearing)
{
    const struct supervisor *supervisor = clearing->supervisor;

    return clearing->service == NULL ||
           (supervisor->count == 1 && supervisor->strangers.count == 0);
}

static bool goes_by_group(const struct clearing *clearing)
{
    const struct supervisor *supervisor = clearing->supervisor;

    return !supervisor->adopts ||
           (clearing->service != NULL && (supervisor->count > 1 || supervisor->sandbox_pid != 0));
}

void clearing_on_program(struct clearing *clearing)
{
    pid_t group = clearing->service->group;

    if (goes_by_group(clearing) && group != 0 && group != getpgrp())
        group_begin(&clearing->group, group);
}

void clearing_on_program_end(struct clearing *clearing)
{
    group_on_leader_end(&clearing->group);
}

/* Whose groups are meant: one service, or all. The end of one must not cost a look at each. */
static struct supervised *first_meant(const struct clearing *clearing, size_t *count)
{
    struct supervised *services = clearing->supervisor->services;

    *count = clearing->service != NULL ? 1 : clearing->supervisor->count;
    return clearing->service != NULL ? &services[clearing->service - services] : services;
}

/* Where nsinit is nobody's reaper: a process of a service's group that still lives, or 0. */
static pid_t remaining_member(const struct clearing *clearing)
{
    size_t count;
    struct supervised *services = first_meant(clearing, &count);

    for (size_t i = 0; i < count; i++) {
        struct group *group = &services[i].remains.group;
        pid_t member = 0;

        if (group_signal(group, 0) == 0)
            member = processes_member_of(group->number);
        if (member != 0)
            return member;
    }
    return 0;
}

/* Signal 0 only counts. How many there were, or a negative errno. A run's remains are looked for
 * like this where there is no other service, so that strangers alone are none of them. */
static int signal_descendants(const struct clearing *clearing, int signal_number)
{
    int count = processes_signal_descendants(
        getpid(), clearing->service != NULL ? &clearing->supervisor->strangers : NULL,
        signal_number);

    if (count < 0) {
        errno = -count;
        log_line(LOG_WARNING, "%s: cannot find what is left behind: %m",
                 name_for_messages(clearing));
    }
    return count;
}

/* As process 1 that is kill(-1), which nobody escapes, but which spares nobody either. */
static bool reaches_all_at_once(const struct clearing *clearing)
{
    return clearing->supervisor->is_first && takes_all(clearing) &&
           (clearing->service == NULL || !processes_any_foreign());
}

void clearing_signal(const struct clearing *clearing, int signal_number)
{
    if (!goes_by_group(clearing) && reaches_all_at_once(clearing)) {
        (void)kill(-1, signal_number);
    } else if (!goes_by_group(clearing)) {
        (void)signal_descendants(clearing, signal_number);
    } else {
        size_t count;
        struct supervised *services = first_meant(clearing, &count);

        for (size_t i = 0; i < count; i++)
            (void)group_signal(&services[i].remains.group, signal_number);
    }
}

/* /proc may fail, and is no snapshot: what the last KILL has missed would be waited for in vain. */
static void repeat_kill(struct clearing *clearing)
{
    struct steps *steps = clearing->by;
    const struct schedule *schedule = steps->schedule;

    if (!clearing->awaits_reaping || steps->next < schedule->count ||
        schedule->steps[schedule->count - 1].wait_ms != WAIT_FOREVER)
        return;
    steps->until_gone = true;
    timer_start(steps->loop, &steps->timer, KILL_AGAIN_MS);
}

void clearing_step(struct clearing *clearing, int signal_number)
{
    struct signal_name name;

    if (signal_number != SIGCONT)
        log_line(LOG_INFO, "%s: %s to what is left", name_for_messages(clearing),
                 signal_name(signal_number, &name));
    clearing_signal(clearing, signal_number);
    if (signal_number == SIGKILL)
        repeat_kill(clearing);
}

static void send_step(void *whom, int signal_number)
{
    clearing_step(whom, signal_number);
}

void clearing_stop(struct clearing *clearing)
{
    clearing->awaits_reaping = false;
    clearing->begun = false;
    steps_end(clearing->by);
    clearing->by = &clearing->steps;
    watch_end(clearing->supervisor->loop, &clearing->member);
}

static void finish(void *whom)
{
    struct clearing *clearing = whom;

    clearing_stop(clearing);
    /* Nothing of the run is left that the end of the pod would look for. */
    if (clearing->service != NULL)
        group_end(&clearing->group);
    clearing->done(clearing);
}

/* The schedule is through: what is left now is the drain's. */
void clearing_on_over(struct clearing *clearing)
{
    clearing_stop(clearing);
    clearing->done(clearing);
}

static void on_member_end(struct ev_loop *loop, struct ev_io *watcher, int events);

/* The end of a process that is no child is told by its pidfd; one at a time is enough. */
static void watch_member(struct clearing *clearing)
{
    pid_t member;

    while ((member = remaining_member(clearing)) != 0) {
        int fd = (int)syscall(SYS_pidfd_open, member, 0);
        if (fd >= 0) {
            watch_file(clearing->supervisor->loop, &clearing->member, fd, on_member_end, clearing);
            return;
        }
        if (errno != ESRCH)
            return;
    }
    finish(clearing);
}

static void on_member_end(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    watch_again(loop, watcher, events);
    watch_end(loop, watcher);
    watch_member(watcher->data);
}

static const struct steps_hooks step_hooks = {send_step, finish};

void clearing_init(struct clearing *clearing, struct supervisor *supervisor,
                   const struct supervised *service, void (*done)(struct clearing *clearing))
{
    *clearing = (struct clearing){
        .supervisor = supervisor, .service = service, .group = GROUP_NONE, .done = done};
    clearing->by = &clearing->steps;
    steps_init(&clearing->steps, supervisor->loop, &step_hooks, clearing);
}

/* A run's remains are none of the next one's; of the pod's the kernel or the next init takes care.
 */
static void begin_steps(struct clearing *clearing)
{
    int owed = clearing->owed;

    clearing->owed = 0;
    if (owed != 0) {
        clearing_step(clearing, owed);
        /* As with each step: who is stopped can't act on it. */
        if (owed != SIGKILL)
            clearing_step(clearing, SIGCONT);
    }
    if (clearing->schedule == NULL)
        return;
    if (clearing->service != NULL)
        steps_begin_until_gone(&clearing->steps, clearing->schedule);
    else
        steps_begin(&clearing->steps, clearing->schedule);
}

static void begin(struct clearing *clearing)
{
    clearing->begun = true;
    /* Who adopts waits for clearing_on_reap to know whether there is anything to be done. */
    if (!goes_by_group(clearing)) {
        clearing->awaits_reaping = true;
        return;
    }
    watch_member(clearing);
    if (clearing->begun)
        begin_steps(clearing);
}

void clearing_begin(struct clearing *clearing, const struct schedule *schedule)
{
    clearing->schedule = schedule;
    clearing->owed = 0;
    if (schedule->count == 0)
        finish(clearing);
    else
        begin(clearing);
}

void clearing_go_on(struct clearing *clearing, struct steps *steps, int owed)
{
    clearing->schedule = NULL;
    clearing->by = steps;
    clearing->owed = owed;
    begin(clearing);
}

bool clearing_has_rest(const struct clearing *clearing)
{
    return goes_by_group(clearing) && remaining_member(clearing) != 0;
}

void clearing_hurry(struct clearing *clearing)
{
    steps_go_on(clearing->by);
}

void clearing_on_reap(struct clearing *clearing, bool children_left)
{
    const struct supervisor *supervisor = clearing->supervisor;

    if (!clearing->awaits_reaping)
        return;
    if (children_left && !takes_all(clearing))
        children_left = signal_descendants(clearing, 0) > 0;
    if (!children_left)
        finish(clearing);
    else if (clearing->by->schedule == NULL || clearing->owed != 0)
        begin_steps(clearing);
    else if (clearing->by->last_signal == SIGKILL &&
             (clearing->service != NULL || !supervisor->is_first))
        /* /proc is no snapshot: one that was forked while we looked has been missed. */
        clearing_signal(clearing, SIGKILL);
}
