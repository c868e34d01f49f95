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

const char *cleanup_name(const struct cleanup *clearing)
{
    return clearing->service != NULL ? name_of(clearing->service) : "drain";
}

void cleanup_on_program(struct cleanup *clearing)
{
    pid_t group = clearing->service->group;

    signalled_forget(&clearing->told);
    if (leftovers_go_by_group(clearing) && group != 0 && group != getpgrp())
        process_group_begin(&clearing->group, group);
}

void cleanup_on_program_end(struct cleanup *clearing)
{
    process_group_on_leader_end(&clearing->group);
    leftovers_tell_lost(clearing);
}

/* Done, when the step that is being taken is over. */
static void end_soon(struct cleanup *clearing)
{
    clearing->by->until_gone = false;
    timer_start(clearing->by->loop, &clearing->by->timer, 0);
}

static void tell_refused(const struct cleanup *clearing, const struct tally *tally)
{
    char name[32];

    if (tally->refused == 0)
        return;
    processes_name(tally->first_refused, name, sizeof name);
    errno = EPERM;
    log_line(LOG_WARNING, "%s: kill %d (%s)%s: %m: left running", cleanup_name(clearing),
             tally->first_refused, name, tally->refused > 1 ? " and others" : "");
}

/* They are none of the next run's remains either. */
static void give_up(struct cleanup *clearing, const struct process_list *list,
                    const struct tally *tally)
{
    tell_refused(clearing, tally);
    for (size_t i = 0; i < list->count; i++)
        (void)pid_list_add(&clearing->supervisor->strangers, list->processes[i].pid);
    end_soon(clearing);
}

/* What process 1 leaves the kernel ends, which knows no EPERM: pid_namespaces(7). */
static void leave_to_kernel(struct cleanup *clearing, const struct tally *tally)
{
    uint32_t wait_ms = clearing->supervisor->pod->boots ? OF_MACHINE_MS : LAST_WAIT_MS;

    clearing->by->until_gone = false;
    timer_start(clearing->by->loop, &clearing->by->timer, wait_ms);
    if (tally->reached == 0 && tally->refused > 0)
        end_soon(clearing);
}

/* What nsinit may not signal is not waited for. */
static void look_what_is_left(struct cleanup *clearing)
{
    const struct supervisor *supervisor = clearing->supervisor;
    struct process_list list;
    bool is_known = leftovers_find(clearing, &list) == 0;
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

static bool was_last_kill(const struct stop_walk *steps)
{
    const struct stop_schedule *schedule = steps->schedule;

    return schedule != NULL && steps->last_signal == SIGKILL && steps->next == schedule->count &&
           (steps->until_gone || schedule->steps[schedule->count - 1].wait_ms == WAIT_FOREVER);
}

static bool watch_member(struct cleanup *clearing);

/* /proc may fail, and is no snapshot: what a last KILL has missed would be waited for in vain, so
 * it is sent again. */
static void on_last_kill(struct cleanup *clearing)
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

void cleanup_step(struct cleanup *clearing, int signal_number)
{
    struct signal_name name;

    if (signal_number != SIGCONT)
        log_line(LOG_INFO, "%s: %s to what is left", cleanup_name(clearing),
                 signal_name(signal_number, &name));
    leftovers_signal_untold(clearing, signal_number);
    if (was_last_kill(clearing->by))
        on_last_kill(clearing);
}

static void send_step(void *whom, int signal_number)
{
    cleanup_step(whom, signal_number);
}

void cleanup_stop(struct cleanup *clearing)
{
    clearing->awaits_reaping = false;
    clearing->begun = false;
    stop_walk_end(clearing->by);
    clearing->by = &clearing->steps;
    watch_end(clearing->supervisor->loop, &clearing->member);
    timer_stop(clearing->supervisor->loop, &clearing->again);
}

static void finish(void *whom)
{
    struct cleanup *clearing = whom;

    cleanup_stop(clearing);
    /* Nothing of the run is left that the end of the pod would look for. */
    if (clearing->service != NULL)
        process_group_end(&clearing->group);
    clearing->done(clearing);
}

/* The schedule is through: what is left now is the drain's. */
void cleanup_on_over(struct cleanup *clearing)
{
    cleanup_stop(clearing);
    clearing->done(clearing);
}

static void on_member_end(struct ev_loop *loop, struct ev_io *watcher, int events);

/* The end of a process that is no child is told by its pidfd; one at a time is enough. False when
 * there is none. After a last KILL those that nsinit may not signal are not waited for. */
static bool watch_member(struct cleanup *clearing)
{
    bool has_killed = was_last_kill(clearing->by);
    pid_t member;

    for (;;) {
        struct tally tally = {0};
        int fd;

        member = clearing->awaits_reaping ? leftovers_any_other()
                                          : leftovers_member(clearing, has_killed, &tally);
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

static void look_again(struct cleanup *clearing)
{
    if (clearing->awaits_reaping)
        cleanup_on_reap(clearing, children_any());
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

static const struct stop_walk_hooks step_hooks = {send_step, finish};

void cleanup_init(struct cleanup *clearing, struct supervisor *supervisor,
                   const struct supervised *service, void (*done)(struct cleanup *clearing))
{
    *clearing = (struct cleanup){
        .supervisor = supervisor, .service = service, .group = PROCESS_GROUP_NONE, .done = done};
    clearing->by = &clearing->steps;
    timer_init(&clearing->again, on_again, clearing);
    stop_walk_init(&clearing->steps, supervisor->loop, &step_hooks, clearing);
}

/* A run's remains are none of the next one's; of the pod's the kernel or the next init takes care.
 */
static void begin_steps(struct cleanup *clearing)
{
    int owed = clearing->owed;

    clearing->owed = 0;
    if (owed != 0) {
        cleanup_step(clearing, owed);
        /* As with each step: who is stopped can't act on it. */
        if (owed != SIGKILL)
            cleanup_step(clearing, SIGCONT);
    }
    if (clearing->schedule == NULL)
        return;
    if (clearing->service != NULL)
        stop_walk_begin_until_gone(&clearing->steps, clearing->schedule);
    else
        stop_walk_begin(&clearing->steps, clearing->schedule);
}

static void begin(struct cleanup *clearing)
{
    clearing->begun = true;
    /* Who adopts waits for cleanup_on_reap to know whether there is anything to be done. */
    if (!leftovers_go_by_group(clearing)) {
        clearing->awaits_reaping = true;
        return;
    }
    if (watch_member(clearing))
        begin_steps(clearing);
    else
        finish(clearing);
}

void cleanup_begin(struct cleanup *clearing, const struct stop_schedule *schedule)
{
    clearing->schedule = schedule;
    clearing->owed = 0;
    if (schedule->count == 0)
        finish(clearing);
    else
        begin(clearing);
}

void cleanup_go_on(struct cleanup *clearing, struct stop_walk *steps, int owed)
{
    clearing->schedule = NULL;
    clearing->by = steps;
    clearing->owed = owed;
    begin(clearing);
}

bool cleanup_has_rest(const struct cleanup *clearing)
{
    struct tally tally = {0};

    return leftovers_go_by_group(clearing) && leftovers_member(clearing, true, &tally) != 0;
}

void cleanup_hurry(struct cleanup *clearing)
{
    stop_walk_go_on(clearing->by);
}

/* Process 1 has more than its children to end: docker exec brings others into its namespace. */
static bool is_anybody_left(struct cleanup *clearing, bool children_left)
{
    const struct supervisor *supervisor = clearing->supervisor;
    struct process_list list;

    if (children_left && !leftovers_are_all(clearing)) {
        children_left = leftovers_find(clearing, &list) == 0 && list.count > 0;
        processes_free(&list);
    }
    if (children_left || clearing->service != NULL || !supervisor->is_first)
        return children_left;
    return ev_is_active(&clearing->member) || watch_member(clearing);
}

bool cleanup_waits_for_good(const struct cleanup *clearing)
{
    const struct stop_walk *steps = clearing->by;
    const struct stop_schedule *schedule = steps->schedule;

    return schedule != NULL && steps->next == schedule->count && steps->last_signal != SIGKILL &&
           schedule->steps[schedule->count - 1].wait_ms == WAIT_FOREVER;
}

void cleanup_go_on_by(struct cleanup *clearing, const struct stop_schedule *schedule)
{
    clearing->schedule = schedule;
    begin_steps(clearing);
}

void cleanup_on_reap(struct cleanup *clearing, bool children_left)
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
        leftovers_signal(clearing, SIGKILL);
}
