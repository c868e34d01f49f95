/*
 * drain.c - the services have ended: what they left behind is asked to end, then made to
 * As PID 1 that is the rest of the namespace, as a subreaper all descendants, and where nsinit
 * adopts nobody the service's process group.
 */
#include "init/state.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init/processes.h"
#include "util/log.h"

static void take_step(struct init *init);

static void finish(struct init *init)
{
    ev_timer_stop(init->loop, &init->drain.timer);
    if (ev_is_active(&init->drain.member)) {
        ev_io_stop(init->loop, &init->drain.member);
        close(init->drain.member.fd);
    }
    init->ended = true;
    ev_break(init->loop, EVBREAK_ALL);
}

/* Where nsinit is nobody's reaper: a process of a service's group that still lives, or 0. */
static pid_t remaining_member(const struct init *init)
{
    for (size_t i = 0; i < init->pod->service_count; i++) {
        pid_t group = init->running[i].group;

        if (group != 0 && group != getpgrp() && kill(-group, 0) == 0) {
            pid_t member = processes_member_of(group);

            if (member != 0)
                return member;
        }
    }
    return 0;
}

static void send_to_rest(const struct init *init, int signal_number)
{
    if (init->is_first) {
        (void)kill(-1, signal_number);
    } else if (init->adopts) {
        int count = processes_signal_descendants(getpid(), signal_number);

        if (count < 0) {
            errno = -count;
            log_line(LOG_WARNING, "cannot find what is left behind without /proc: %m");
        }
    } else {
        for (size_t i = 0; i < init->pod->service_count; i++)
            if (init->running[i].group != 0)
                (void)kill(-init->running[i].group, signal_number);
    }
}

static void signal_rest(struct init *init, int signal_number)
{
    struct signal_name name;

    if (log_shows(LOG_INFO))
        log_line(LOG_INFO, "drain: %s to what is left", signal_name(signal_number, &name));
    init->drain.last_signal = signal_number;
    send_to_rest(init, signal_number);
    /* Who is stopped can't act on it before a CONT. */
    if (signal_number != SIGKILL && signal_number != SIGSTOP)
        send_to_rest(init, SIGCONT);
}

/* The end of a process that is no child is told by its pidfd; one at a time is enough. */
static void watch_member(struct init *init)
{
    struct drain *drain = &init->drain;
    pid_t member;

    while ((member = remaining_member(init)) != 0) {
        int fd = (int)syscall(SYS_pidfd_open, member, 0);
        if (fd >= 0) {
            ev_io_set(&drain->member, fd, EV_READ);
            ev_io_start(init->loop, &drain->member);
            return;
        }
        if (errno != ESRCH)
            return;
    }
    finish(init);
}

static void on_member_end(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    (void)events;
    ev_io_stop(loop, watcher);
    close(watcher->fd);
    watch_member(watcher->data);
}

static void on_timer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    take_step(watcher->data);
}

/* Send the next signal and wait as long as the schedule says; several when it says not at all. */
static void take_step(struct init *init)
{
    const struct schedule *schedule = &init->pod->drain;
    struct drain *drain = &init->drain;

    ev_timer_stop(init->loop, &drain->timer);
    while (drain->next_step < schedule->count) {
        const struct schedule_step *step = &schedule->steps[drain->next_step++];

        if (step->signal_number != 0)
            signal_rest(init, step->signal_number);
        if (step->wait_ms == WAIT_FOREVER)
            return;
        if (step->wait_ms > 0) {
            ev_now_update(init->loop);
            ev_timer_set(&drain->timer, step->wait_ms / 1000., 0.);
            ev_timer_start(init->loop, &drain->timer);
            return;
        }
    }
    finish(init);
}

void drain_begin(struct init *init)
{
    struct drain *drain = &init->drain;

    drain->begun = true;
    ev_init(&drain->timer, on_timer);
    drain->timer.data = init;
    ev_init(&drain->member, on_member_end);
    drain->member.data = init;
    /* With orphans adopted reap_all, which has called us, goes on and tells if any are left. */
    if (!init->adopts && init->pod->drain.count > 0)
        watch_member(init);
    if (init->pod->drain.count == 0 || !init->adopts)
        take_step(init);
}

void drain_hurry(struct init *init)
{
    take_step(init);
}

void drain_on_reap(struct init *init, bool children_left)
{
    struct drain *drain = &init->drain;

    if (!drain->begun || !init->adopts)
        return;
    if (!children_left)
        finish(init);
    else if (drain->next_step == 0)
        take_step(init);
    else if (drain->last_signal == SIGKILL && !init->is_first)
        /* /proc is no snapshot: one that was forked while we looked has been missed. */
        send_to_rest(init, SIGKILL);
}
