/*
 * cleanup.c - end the processes that a run, or the whole pod, has left behind
 */
#include "service/cleanup.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "linux/process_list.h"
#include "linux/syscalls.h"
#include "service/leftovers_private.h"
#include "service/supervised.h"
#include "util/loop.h"
#include "util/log.h"

/* The time until KILL is repeated, as the last step of a schedule. */
enum { KILL_AGAIN_MS = 1000 };

/* The time until another try to watch a process, if there was no descriptor for it. */
enum { TRY_AGAIN_MS = 100 };

/*
 * How long PID 1 waits for the processes that it has killed and that the kernel ends with it. PID 1
 * of a machine waits longer: disks should be idle before they are unmounted.
 */
enum { LAST_WAIT_MS = 1000, MACHINE_LAST_WAIT_MS = 10000 };

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

/* Finish after the present step. */
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

/* nsinit may not signal any of the processes, so the next run does not wait for them either. */
static void give_up(struct cleanup *cleanup, const struct process_list *list,
                    const struct tally *tally)
{
    warn_refused(cleanup, tally);
    for (size_t i = 0; i < list->count; i++)
        (void)pid_list_add(&cleanup->common->foreign_children, list->processes[i].pid);
    end_soon(cleanup);
}

/*
 * The kernel kills the processes that PID 1 leaves behind, even those that PID 1 may not signal:
 * pid_namespaces(7).
 */
static void leave_to_kernel(struct cleanup *cleanup, const struct tally *tally)
{
    uint32_t wait_ms = cleanup->common->pod->boots ? MACHINE_LAST_WAIT_MS : LAST_WAIT_MS;

    cleanup->walk->until_gone = false;
    timer_start(cleanup->walk->loop, &cleanup->walk->timer, wait_ms);
    if (tally->reached == 0 && tally->refused > 0)
        end_soon(cleanup);
}

/* After the last KILL: do not wait for processes that nsinit may not signal. */
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

/* A read of /proc is not a snapshot and may fail, so KILL may miss a process: repeat it. */
static void on_last_kill(struct cleanup *cleanup)
{
    /* The drain kills the leftovers of a service that has ended for good. */
    cleanup->walk->until_gone =
        cleanup->service == NULL || cleanup->service->state != SERVICE_ENDING;
    timer_start(cleanup->walk->loop, &cleanup->walk->timer, KILL_AGAIN_MS);
    if (cleanup->awaits_reaping) {
        check_leftovers(cleanup);
        return;
    }
    /* The watched process may be one that nsinit may not signal: choose another one. */
    watch_end(cleanup->common->loop, &cleanup->member);
    if (!watch_member(cleanup))
        end_soon(cleanup);
}

void cleanup_step(struct cleanup *cleanup, int signal_number)
{
    struct signal_name name;

    if (signal_number != SIGCONT)
        log_line(LOG_INFO, "%s: stop remaining processes: %s", cleanup_name(cleanup),
                 signal_name(signal_number, &name));
    leftovers_signal_others(cleanup, signal_number);
    if (was_last_kill(cleanup->walk))
        on_last_kill(cleanup);
}

static void on_step(void *owner, int signal_number)
{
    cleanup_step(owner, signal_number);
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

static void finish(void *owner)
{
    struct cleanup *cleanup = owner;

    cleanup_stop(cleanup);
    /* No process of the run is left, so the end of the pod need not look for the group. */
    if (cleanup->service != NULL)
        process_group_end(&cleanup->group);
    cleanup->done(cleanup);
}

void cleanup_on_over(struct cleanup *cleanup)
{
    cleanup_stop(cleanup);
    cleanup->done(cleanup);
}

static void on_member_end(struct ev_loop *loop, struct ev_io *watcher, int events);

/*
 * Watch one of the processes by its pidfd: they are not children of nsinit, and one at a time is
 * enough. False if none is left. After the last KILL, skip the processes that nsinit may not
 * signal.
 */
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

static const struct stop_walk_hooks step_hooks = {on_step, finish};

void cleanup_init(struct cleanup *cleanup, struct service_common *common,
                  struct supervised *service, void (*done)(struct cleanup *cleanup))
{
    *cleanup = (struct cleanup){
        .common = common, .service = service, .group = PROCESS_GROUP_NONE, .done = done};
    cleanup->walk = &cleanup->own_walk;
    timer_init(&cleanup->again, on_again, cleanup);
    stop_walk_init(&cleanup->own_walk, common->loop, &step_hooks, cleanup);
}

/* A run's leftovers get KILL in the end; the pod's are left to the kernel or the next init. */
static void begin_steps(struct cleanup *cleanup)
{
    int pending_signal = cleanup->pending_signal;

    cleanup->pending_signal = 0;
    if (pending_signal != 0) {
        cleanup_step(cleanup, pending_signal);
        /* A stopped process cannot handle a signal before CONT, as with every step. */
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
    /* An nsinit that adopts orphans sees in cleanup_on_reap whether any process is left. */
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

/* PID 1 ends more than its children: docker exec brings other processes into its namespace. */
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
        /* A read of /proc is not a snapshot, so KILL misses a process forked meanwhile. */
        leftovers_signal(cleanup, SIGKILL);
}
