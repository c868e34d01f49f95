/*
 * event_loop.c - open the event loop and run it until the pod has ended
 * While only signals are waited for, nsinit reads the signalfd without the loop: epoll would cost a
 * second system call a signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "init/init_private.h"
#include "init/loop_arena_private.h"
#include "linux/signal_set.h"
#include "report/report_file.h"
#include "util/log.h"
#include "util/loop.h"

/* libev hides its epoll descriptor, which is the lowest free number. */
static int lowest_free_fd(void)
{
    int fd = dup(STDERR_FILENO);

    if (fd >= 0)
        close(fd);
    return fd;
}

static void on_log_room(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    watch_again(loop, watcher, events);
    if (log_flush(0))
        ev_io_stop(loop, watcher);
}

int event_loop_open(struct init *init, struct error *error)
{
    const struct signal_set all = signal_set_full();

    ev_set_allocator(loop_arena);
    watch_survive_errors();
    init->signal_fd = signal_open_fd(&all);
    if (init->signal_fd < 0) {
        errno = -init->signal_fd;
        return error_failed(error, "signalfd");
    }
    init->loop_fd = lowest_free_fd();
    if (init->loop_fd < 0)
        return error_failed(error, "dup");
    init->loop = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
    if (init->loop == NULL)
        return error_failed(error, "epoll");
    ev_io_init(&init->log_room, on_log_room, STDERR_FILENO, EV_WRITE);
    signal_queue_start(init);
    return 0;
}

/*
 * libev built with periodic timers wakes up once a minute to notice clock jumps, unless a periodic
 * timer has made it open a timerfd for that. This timer never goes off.
 */
void event_loop_disable_periodic_wakeup(struct init *init)
{
#if EV_PERIODIC_ENABLE
    ev_periodic_init(&init->no_wake, NULL, 1e10, 0., NULL);
    ev_periodic_start(init->loop, &init->no_wake);
    ev_unref(init->loop);
#else
    (void)init;
#endif
}

/* In the loop a read may find no signal (signal_queue.c); without it nsinit waits in read(2). */
static void set_blocking(struct init *init, bool blocking)
{
    if (init->signal_fd_blocks == blocking)
        return;
    if (fcntl(init->signal_fd, F_SETFL, blocking ? 0 : O_NONBLOCK) == 0)
        init->signal_fd_blocks = blocking;
}

/* Signals are enough to stop what runs, and to end with it. */
static void go_on_without_loop(struct init *init)
{
    if (!init->has_lost_loop && !init->drain.begun)
        (void)kill(getpid(), SIGTERM);
    init->has_lost_loop = true;
    watch_one(init->signal_fd);
    signal_queue_read(init, false);
}

static bool waits_for_signals_only(const struct init *init)
{
    return init->supervisor.common.count <= 1 && !init->drain.begun && !init->queue.is_waiting &&
           !init->supervisor.common.is_inner && init->server == NULL && init->relay == NULL &&
           init->watchdog.fd < 0 && !log_waits() &&
           (init->report_file == NULL || report_file_is_quiet(init->report_file)) &&
           supervisor_is_quiet(&init->supervisor);
}

/*
 * Close the files that the program has inherited, so that nsinit does not hold them open, and leave
 * the working directory, so that nsinit does not keep its file system busy. nsinit still needs the
 * files while it sets up a process, and while its manager has not answered to files that it has
 * passed on.
 */
static void close_inherited_if_passed_on(struct init *init)
{
    /* In an inner init, the outer init may have opened these descriptors above many others. */
    int highest_own = init->channel_fd > init->terminal.fd ? init->channel_fd : init->terminal.fd;

    if (supervisor_has_setups(&init->supervisor) || init->supervisor.common.relay.waiting_files > 0)
        return;
    init->closes_inherited = false;
    inherited_close_fds(init->inherited, highest_own);
    if (chdir("/") < 0)
        log_line(LOG_DEBUG, "cannot leave the working directory: %m");
    /* This opens a descriptor of nsinit's own. */
    event_loop_disable_periodic_wakeup(init);
}

/* Lines of nsinit's that a busy or stopped terminal has not taken are written when it has room. */
static void watch_log(struct init *init)
{
    if (!ev_is_active(&init->log_room))
        watch_start(init->loop, &init->log_room);
}

void event_loop_run(struct init *init)
{
    while (!init->is_finished) {
        bool only_signals;

        if (init->closes_inherited)
            close_inherited_if_passed_on(init);
        if (log_waits())
            watch_log(init);
        only_signals = waits_for_signals_only(init);
        set_blocking(init, only_signals);
        if (only_signals)
            signal_queue_read(init, false);
        else
            watch_turn(init->loop);
        if (watch_has_failed())
            go_on_without_loop(init);
    }
}
