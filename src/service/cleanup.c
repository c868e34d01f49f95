/*
 * cleanup.c - end what is left when a program has ended: of one run, or of the whole pod
 */
#include "service/cleanup.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "linux/process_list.h"
#include "linux/syscalls.h"
#include "service/leftovers_private.h"
#include "service/service.h"
#include "util/loop.h"
#include "util/log.h"

/* Until what is still left after a last KILL gets it again. */
enum { KILL_AGAIN_MS = 1000 };

/* Until a process that is left is looked for again which could not be watched. */
enum { TRY_AGAIN_MS = 100 };

/* How long process 1 waits for what it has killed and the kernel ends with it; and the machine's,
 * whose disks are to be at rest before they are unmounted. */
enum { LAST_WAIT_MS = 1000, OF_MACHINE_MS = 10000 };

const char *cleanup_name(const struct cleanup *cleanup)
{
    return cleanup->service != NULL ? name_of(cleanup->service) : "drain";
}

void cleanup_on_program(struct cleanup *cleanup)
{
    pid_t group = cleanup->service->group;

    signalled_forget(&cleanup->signalled);
    if (leftovers_go_by_group(cleanup) && group != 0 && group != getpgrp())
        process_group_begin(&cleanup->group, group);
}

void cleanup_on_program_end(struct cleanup *cleanup)
{
    process_group_on_leader_end(&cleanup->group);
    leftovers_warn_lost(cleanup);
}

/* Done, when the step that is being taken is over. */
static void end_soon(struct cleanup *cleanup)
{
    cleanup->walk->until_gone = false;
    timer_start(cleanup->walk->loop, &cleanup->walk->timer, 0);
}

static void warn_refused(const struct cleanup *cleanup, const struct tally *tally)
{
    char name[32];

    if (tally->refused == 0)
        return;
    proc_read_comm(tally->first_refused, name, sizeof name);
    errno = EPERM;
    log_line(LOG_WARNING, "%s: kill %d (%s)%s: %m: left running", cleanup_name(cleanup),
             tally->first_refused, name, tally->refused > 1 ? " and others" : "");
}

/* They are none of the next run's remains either. */
static void give_up(struct cleanup *cleanup, const struct process_list *list,
                    const struct tally *tally)
{
    warn_refused(cleanup, tally);
    for (size_t i = 0; i < list->count; i++)
        (void)pid_list_add(&cleanup->common->foreign_children, list->processes[i].pid);
    end_soon(cleanup);
}

/* What process 1 leaves the kernel ends, which knows no EPERM: pid_namespaces(7). */
static void leave_to_kernel(struct cleanup *cleanup, const struct tally *tally)
{
    uint32_t wait_ms = cleanup->common->pod->boots ? OF_MACHINE_MS : LAST_WAIT_MS;

    cleanup->walk->until_gone = false;
    timer_start(cleanup->walk->loop, &cleanup->walk->timer, wait_ms);
    if (tally->reached == 0 && tally->refused > 0)
        end_soon(cleanup);
}

/* What nsinit may not signal is not waited for. */
static void check_leftovers(struct cleanup *cleanup)
{
    const struct service_common *common = cleanup->common;
    struct process_list list;
    bool is_known = leftovers_find(cleanup, &list) == 0;
    struct tally tally = {0};

    if (is_known)
        tally = processes_signal(&list, 0);
    if (cleanup->service == NULL && common->is_pid_1)
        leave_to_kernel(cleanup, &tally);
    else if (!is_known && !common->is_pid_1)
        end_soon(cleanup);
    else if (tally.reached == 0 && tally.refused > 0)
        give_up(cleanup, &list, &tally);
    processes_free(&list);
}

static bool was_last_kill(const struct stop_walk *walk)
{
    const struct stop_schedule *schedule = walk->schedule;

    return schedule != NULL && walk->last_signal == SIGKILL && walk->next == schedule->count &&
           (walk->until_gone || schedule->steps[schedule->count - 1].wait_ms == WAIT_FOREVER);
}

static bool watch_member(struct cleanup *cleanup);

/* /proc may fail, and is no snapshot: what a last KILL has missed would be waited for in vain, so
 * it is sent again. */
static void on_last_kill(struct cleanup *cleanup)
{
    /* A service that ends for good leaves it to the drain. */
    cleanup->walk->until_gone =
        cleanup->service == NULL || cleanup->service->state != SERVICE_ENDING;
    timer_start(cleanup->walk->loop, &cleanup->walk->timer, KILL_AGAIN_MS);
    if (cleanup->awaits_reaping) {
        check_leftovers(cleanup);
        return;
    }
    /* It may have been one that nsinit may not signal. */
    watch_end(cleanup->common->loop, &cleanup->member);
    if (!watch_member(cleanup))
        end_soon(cleanup);
}

void cleanup_step(struct cleanup *cleanup, int signal_number)
{
    struct signal_name name;

    if (signal_number != SIGCONT)
        log_line(LOG_INFO, "%s: %s to what is left", cleanup_name(cleanup),
                 signal_name(signal_number, &name));
    leftovers_signal_others(cleanup, signal_number);
    if (was_last_kill(cleanup->walk))
        on_last_kill(cleanup);
}

static void supervised_signal_step(void *whom, int signal_number)
{
    cleanup_step(whom, signal_number);
}

void cleanup_stop(struct cleanup *cleanup)
{
    cleanup->awaits_reaping = false;
    cleanup->begun = false;
    stop_walk_end(cleanup->walk);
    cleanup->walk = &cleanup->own_walk;
    watch_end(cleanup->common->loop, &cleanup->member);
    timer_stop(cleanup->common->loop, &cleanup->again);
}

static void finish(void *whom)
{
    struct cleanup *cleanup = whom;

    cleanup_stop(cleanup);
    /* Nothing of the run is left that the end of the pod would look for. */
    if (cleanup->service != NULL)
        process_group_end(&cleanup->group);
    cleanup->done(cleanup);
}

/* The schedule is through: what is left now is the drain's. */
void cleanup_on_over(struct cleanup *cleanup)
{
    cleanup_stop(cleanup);
    cleanup->done(cleanup);
}

static void on_member_end(struct ev_loop *loop, struct ev_io *watcher, int events);

/* The end of a process that is no child is told by its pidfd; one at a time is enough. False when
 * there is none. After a last KILL those that nsinit may not signal are not waited for. */
static bool watch_member(struct cleanup *cleanup)
{
    bool has_killed = was_last_kill(cleanup->walk);
    pid_t member;

    for (;;) {
        struct tally tally = {0};
        int fd;

        member = cleanup->awaits_reaping ? leftovers_any_other()
                                         : leftovers_member(cleanup, has_killed, &tally);
        if (member == 0) {
            warn_refused(cleanup, &tally);
            return false;
        }
        fd = sys_pidfd_open(member, 0);
        if (fd >= 0) {
            watch_file(cleanup->common->loop, &cleanup->member, fd, on_member_end, cleanup);
            return true;
        }
        if (errno != ESRCH) {
            timer_start(cleanup->common->loop, &cleanup->again, TRY_AGAIN_MS);
            return true;
        }
    }
}

static void look_again(struct cleanup *cleanup)
{
    if (cleanup->awaits_reaping)
        cleanup_on_reap(cleanup, children_any());
    else if (!watch_member(cleanup))
        finish(cleanup);
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

static const struct stop_walk_hooks step_hooks = {supervised_signal_step, finish};

void cleanup_init(struct cleanup *cleanup, struct service_common *common,
                  struct supervised *service, void (*done)(struct cleanup *cleanup))
{
    *cleanup = (struct cleanup){
        .common = common, .service = service, .group = PROCESS_GROUP_NONE, .done = done};
    cleanup->walk = &cleanup->own_walk;
    timer_init(&cleanup->again, on_again, cleanup);
    stop_walk_init(&cleanup->own_walk, common->loop, &step_hooks, cleanup);
}

/* A run's remains are none of the next one's; of the pod's the kernel or the next init takes care.
 */
static void begin_steps(struct cleanup *cleanup)
{
    int pending_signal = cleanup->pending_signal;

    cleanup->pending_signal = 0;
    if (pending_signal != 0) {
        cleanup_step(cleanup, pending_signal);
        /* As with each step: who is stopped can't act on it. */
        if (pending_signal != SIGKILL)
            cleanup_step(cleanup, SIGCONT);
    }
    if (cleanup->schedule == NULL)
        return;
    if (cleanup->service != NULL)
        stop_walk_begin_until_gone(&cleanup->own_walk, cleanup->schedule);
    else
        stop_walk_begin(&cleanup->own_walk, cleanup->schedule);
}

static void begin(struct cleanup *cleanup)
{
    cleanup->begun = true;
    /* Who adopts waits for cleanup_on_reap to know whether there is anything to be done. */
    if (!leftovers_go_by_group(cleanup)) {
        cleanup->awaits_reaping = true;
        return;
    }
    if (watch_member(cleanup))
        begin_steps(cleanup);
    else
        finish(cleanup);
}

void cleanup_begin(struct cleanup *cleanup, const struct stop_schedule *schedule)
{
    cleanup->schedule = schedule;
    cleanup->pending_signal = 0;
    if (schedule->count == 0)
        finish(cleanup);
    else
        begin(cleanup);
}

void cleanup_continue(struct cleanup *cleanup, struct stop_walk *walk, int pending_signal)
{
    cleanup->schedule = NULL;
    cleanup->walk = walk;
    cleanup->pending_signal = pending_signal;
    begin(cleanup);
}

bool cleanup_has_leftovers(const struct cleanup *cleanup)
{
    struct tally tally = {0};

    return leftovers_go_by_group(cleanup) && leftovers_member(cleanup, true, &tally) != 0;
}

void cleanup_skip_step(struct cleanup *cleanup)
{
    stop_walk_next(cleanup->walk);
}

/* Process 1 has more than its children to end: docker exec brings others into its namespace. */
static bool is_anything_left(struct cleanup *cleanup, bool children_left)
{
    const struct service_common *common = cleanup->common;
    struct process_list list;

    if (children_left && !leftovers_are_all(cleanup)) {
        children_left = leftovers_find(cleanup, &list) == 0 && list.count > 0;
        processes_free(&list);
    }
    if (children_left || cleanup->service != NULL || !common->is_pid_1)
        return children_left;
    return ev_is_active(&cleanup->member) || watch_member(cleanup);
}

bool cleanup_waits_forever(const struct cleanup *cleanup)
{
    const struct stop_walk *walk = cleanup->walk;
    const struct stop_schedule *schedule = walk->schedule;

    return schedule != NULL && walk->next == schedule->count && walk->last_signal != SIGKILL &&
           schedule->steps[schedule->count - 1].wait_ms == WAIT_FOREVER;
}

void cleanup_continue_by(struct cleanup *cleanup, const struct stop_schedule *schedule)
{
    cleanup->schedule = schedule;
    begin_steps(cleanup);
}

void cleanup_on_reap(struct cleanup *cleanup, bool children_left)
{
    const struct service_common *common = cleanup->common;

    if (!cleanup->awaits_reaping)
        return;
    if (!is_anything_left(cleanup, children_left))
        finish(cleanup);
    else if (cleanup->walk->schedule == NULL || cleanup->pending_signal != 0)
        begin_steps(cleanup);
    else if (cleanup->walk->last_signal == SIGKILL &&
             (cleanup->service != NULL || !common->is_pid_1))
        /* /proc is no snapshot: one that was forked while we looked has been missed. */
        leftovers_signal(cleanup, SIGKILL);
}
