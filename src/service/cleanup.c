/*
 * cleanup.c - end what is left when a program has ended: of one run, or of the whole pod
 */
#include "service/cleanup.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/process_list.h"
#include "service/leftovers.h"
#include "pod/supervisor.h"
#include "util/loop.h"
#include "util/log.h"

/* Until what is still left after a last KILL gets it again. */
enum { KILL_AGAIN_MS = 1000 };

/* Until a process that is left is looked for again which could not be watched. */
enum { TRY_AGAIN_MS = 100 };

/* How long process 1 waits for what it has killed and the kernel ends with it; and the machine's,
 * whose disks are to be at rest before they are unmounted. */
enum { LAST_WAIT_MS = 1000, OF_MACHINE_MS = 10000 };

const char *clearing_name(const struct clearing *clearing)
{
    return clearing->service != NULL ? name_of(clearing->service) : "drain";
}

void clearing_on_program(struct clearing *clearing)
{
    pid_t group = clearing->service->group;

    told_forget(&clearing->told);
    if (remains_go_by_group(clearing) && group != 0 && group != getpgrp())
        group_begin(&clearing->group, group);
}

void clearing_on_program_end(struct clearing *clearing)
{
    group_on_leader_end(&clearing->group);
    remains_tell_lost(clearing);
}

/* Done, when the step that is being taken is over. */
static void end_soon(struct clearing *clearing)
{
    clearing->by->until_gone = false;
    timer_start(clearing->by->loop, &clearing->by->timer, 0);
}

static void tell_refused(const struct clearing *clearing, const struct tally *tally)
{
    char name[32];

    if (tally->refused == 0)
        return;
    processes_name(tally->first_refused, name, sizeof name);
    errno = EPERM;
    log_line(LOG_WARNING, "%s: kill %d (%s)%s: %m: left running", clearing_name(clearing),
             tally->first_refused, name, tally->refused > 1 ? " and others" : "");
}

/* They are none of the next run's remains either. */
static void give_up(struct clearing *clearing, const struct process_list *list,
                    const struct tally *tally)
{
    tell_refused(clearing, tally);
    for (size_t i = 0; i < list->count; i++)
        (void)pid_list_add(&clearing->supervisor->strangers, list->processes[i].pid);
    end_soon(clearing);
}

/* What process 1 leaves the kernel ends, which knows no EPERM: pid_namespaces(7). */
static void leave_to_kernel(struct clearing *clearing, const struct tally *tally)
{
    uint32_t wait_ms = clearing->supervisor->pod->boots ? OF_MACHINE_MS : LAST_WAIT_MS;

    clearing->by->until_gone = false;
    timer_start(clearing->by->loop, &clearing->by->timer, wait_ms);
    if (tally->reached == 0 && tally->refused > 0)
        end_soon(clearing);
}

/* What nsinit may not signal is not waited for. */
static void look_what_is_left(struct clearing *clearing)
{
    const struct supervisor *supervisor = clearing->supervisor;
    struct process_list list;
    bool is_known = remains_find(clearing, &list) == 0;
    struct tally tally = {0};

    if (is_known)
        tally = processes_signal(&list, 0);
    if (clearing->service == NULL && supervisor->is_first)
        leave_to_kernel(clearing, &tally);
    else if (!is_known && !supervisor->is_first)
        end_soon(clearing);
    else if (tally.reached == 0 && tally.refused > 0)
        give_up(clearing, &list, &tally);
    processes_free(&list);
}

static bool was_last_kill(const struct steps *steps)
{
    const struct schedule *schedule = steps->schedule;

    return schedule != NULL && steps->last_signal == SIGKILL && steps->next == schedule->count &&
           (steps->until_gone || schedule->steps[schedule->count - 1].wait_ms == WAIT_FOREVER);
}

static bool watch_member(struct clearing *clearing);

/* /proc may fail, and is no snapshot: what a last KILL has missed would be waited for in vain, so
 * it is sent again. */
static void on_last_kill(struct clearing *clearing)
{
    /* A service that ends for good leaves it to the drain. */
    clearing->by->until_gone =
        clearing->service == NULL || clearing->service->state != SERVICE_ENDING;
    timer_start(clearing->by->loop, &clearing->by->timer, KILL_AGAIN_MS);
    if (clearing->awaits_reaping) {
        look_what_is_left(clearing);
        return;
    }
    /* It may have been one that nsinit may not signal. */
    watch_end(clearing->supervisor->loop, &clearing->member);
    if (!watch_member(clearing))
        end_soon(clearing);
}

void clearing_step(struct clearing *clearing, int signal_number)
{
    struct signal_name name;

    if (signal_number != SIGCONT)
        log_line(LOG_INFO, "%s: %s to what is left", clearing_name(clearing),
                 signal_name(signal_number, &name));
    remains_signal_untold(clearing, signal_number);
    if (was_last_kill(clearing->by))
        on_last_kill(clearing);
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
    timer_stop(clearing->supervisor->loop, &clearing->again);
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

/* The end of a process that is no child is told by its pidfd; one at a time is enough. False when
 * there is none. After a last KILL those that nsinit may not signal are not waited for. */
static bool watch_member(struct clearing *clearing)
{
    bool has_killed = was_last_kill(clearing->by);
    pid_t member;

    for (;;) {
        struct tally tally = {0};
        int fd;

        member = clearing->awaits_reaping ? remains_any_other()
                                          : remains_member(clearing, has_killed, &tally);
        if (member == 0) {
            tell_refused(clearing, &tally);
            return false;
        }
        fd = (int)syscall(SYS_pidfd_open, member, 0);
        if (fd >= 0) {
            watch_file(clearing->supervisor->loop, &clearing->member, fd, on_member_end, clearing);
            return true;
        }
        if (errno != ESRCH) {
            timer_start(clearing->supervisor->loop, &clearing->again, TRY_AGAIN_MS);
            return true;
        }
    }
}

static void look_again(struct clearing *clearing)
{
    if (clearing->awaits_reaping)
        clearing_on_reap(clearing, children_any());
    else if (!watch_member(clearing))
        finish(clearing);
}

static void on_member_end(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    watch_again(loop, watcher, events);
    watch_end(loop, watcher);
    look_again(watcher->data);
}

static void on_again(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    look_again(watcher->data);
}

static const struct steps_hooks step_hooks = {send_step, finish};

void clearing_init(struct clearing *clearing, struct supervisor *supervisor,
                   const struct supervised *service, void (*done)(struct clearing *clearing))
{
    *clearing = (struct clearing){
        .supervisor = supervisor, .service = service, .group = GROUP_NONE, .done = done};
    clearing->by = &clearing->steps;
    timer_init(&clearing->again, on_again, clearing);
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
    if (!remains_go_by_group(clearing)) {
        clearing->awaits_reaping = true;
        return;
    }
    if (watch_member(clearing))
        begin_steps(clearing);
    else
        finish(clearing);
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
    struct tally tally = {0};

    return remains_go_by_group(clearing) && remains_member(clearing, true, &tally) != 0;
}

void clearing_hurry(struct clearing *clearing)
{
    steps_go_on(clearing->by);
}

/* Process 1 has more than its children to end: docker exec brings others into its namespace. */
static bool is_anybody_left(struct clearing *clearing, bool children_left)
{
    const struct supervisor *supervisor = clearing->supervisor;
    struct process_list list;

    if (children_left && !remains_are_all(clearing)) {
        children_left = remains_find(clearing, &list) == 0 && list.count > 0;
        processes_free(&list);
    }
    if (children_left || clearing->service != NULL || !supervisor->is_first)
        return children_left;
    return ev_is_active(&clearing->member) || watch_member(clearing);
}

bool clearing_waits_for_good(const struct clearing *clearing)
{
    const struct steps *steps = clearing->by;
    const struct schedule *schedule = steps->schedule;

    return schedule != NULL && steps->next == schedule->count && steps->last_signal != SIGKILL &&
           schedule->steps[schedule->count - 1].wait_ms == WAIT_FOREVER;
}

void clearing_go_on_by(struct clearing *clearing, const struct schedule *schedule)
{
    clearing->schedule = schedule;
    begin_steps(clearing);
}

void clearing_on_reap(struct clearing *clearing, bool children_left)
{
    const struct supervisor *supervisor = clearing->supervisor;

    if (!clearing->awaits_reaping)
        return;
    if (!is_anybody_left(clearing, children_left))
        finish(clearing);
    else if (clearing->by->schedule == NULL || clearing->owed != 0)
        begin_steps(clearing);
    else if (clearing->by->last_signal == SIGKILL &&
             (clearing->service != NULL || !supervisor->is_first))
        /* /proc is no snapshot: one that was forked while we looked has been missed. */
        remains_signal(clearing, SIGKILL);
}
