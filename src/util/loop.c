/*
 * loop.c - the few ways in which nsinit uses libev: files, timers, errors of epoll
 */
#include "util/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#include "util/time.h"
#include "util/error.h"
#include "util/log.h"

/*
 * How long a file that the kernel does not watch is polled before the other files get their turn.
 */
enum { MOMENT_MS = 20 };

/* Some files are not yet registered with the kernel. */
static bool has_new;

/* The last file that the kernel refused to watch in this turn; without events: none. */
static struct pollfd refused;

static bool has_complained;

/* epoll itself has failed, as it will in every later turn. */
static bool has_failed;

void watch_start(struct ev_loop *loop, struct ev_io *watcher)
{
    has_new = true;
    ev_io_start(loop, watcher);
}

void watch_turn(struct ev_loop *loop)
{
    int flags = has_new ? EVRUN_NOWAIT : EVRUN_ONCE;

    has_new = false;
    ev_run(loop, flags);
    if (refused.events != 0)
        (void)poll(&refused, 1, MOMENT_MS);
    refused.events = 0;
}

void watch_file(struct ev_loop *loop, struct ev_io *watcher, int fd, file_watcher *on_readable,
                void *owner)
{
    ev_io_init(watcher, on_readable, fd, EV_READ);
    watcher->data = owner;
    watch_start(loop, watcher);
}

int watch_pipe(struct ev_loop *loop, struct ev_io *watcher, file_watcher *on_readable, void *owner)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    /* Only this end: programs expect the writing end to block. */
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    watch_file(loop, watcher, ends[0], on_readable, owner);
    return ends[1];
}

static void complain(void)
{
    struct error error = {.kind = ERROR_FAILED};

    error_subject(&error, "epoll: watch a file");
    error_reason(&error, ERROR_FAILED, "the kernel refuses; nsinit polls the file instead");
    error_hint(&error, "raise the limit: sysctl -w fs.epoll.max_user_watches=N");
    log_error(LOG_WARNING, &error);
}

void watch_again(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    int error_number = errno;

    if ((events & EV_ERROR) == 0)
        return;
    if (!has_complained)
        complain();
    has_complained = true;
    refused.fd = watcher->fd;
    refused.events = (short)(((watcher->events & EV_READ) != 0 ? POLLIN : 0) |
                             ((watcher->events & EV_WRITE) != 0 ? POLLOUT : 0));
    /* Without this libev would believe that the kernel watches the file. */
    ev_io_set(watcher, watcher->fd, watcher->events & (EV_READ | EV_WRITE));
    watch_start(loop, watcher);
    /* The callback may still need it. */
    errno = error_number;
}

static void on_system_error(const char *message)
{
    (void)message;
    if (!has_failed)
        log_line(LOG_ERROR, "epoll: wait for files: %m: nsinit stops what it runs");
    has_failed = true;
}

bool watch_has_failed(void)
{
    return has_failed;
}

void watch_one(int fd)
{
    (void)poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, MOMENT_MS);
}

void watch_survive_errors(void)
{
    ev_set_syserr_cb(on_system_error);
}

void watch_end(struct ev_loop *loop, struct ev_io *watcher)
{
    /* A watcher that the kernel refused is pending until its callback: watch_again. */
    if (!ev_is_active(watcher) && !ev_is_pending(watcher))
        return;
    ev_io_stop(loop, watcher);
    close(watcher->fd);
}

/* On a busy machine a timer may be late by its own time and this. */
enum { LATE_MS = 1000 };

static void on_due(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct timer *timer = (struct timer *)watcher;
    uint64_t most_ms = (uint64_t)timer->length_ms + LATE_MS;

    if (!timer->is_again && time_monotonic_ms() > timer->due_ms + most_ms) {
        timer_start(loop, timer, timer->length_ms);
        timer->is_again = true;
        return;
    }
    timer->on_timer(loop, watcher, events);
}

void timer_init(struct timer *timer, timer_watcher *on_timer, void *owner)
{
    ev_init(&timer->watcher, on_due);
    timer->watcher.data = owner;
    timer->on_timer = on_timer;
}

void timer_start(struct ev_loop *loop, struct timer *timer, uint32_t milliseconds)
{
    timer_stop(loop, timer);
    ev_now_update(loop);
    timer->due_ms = time_monotonic_ms() + milliseconds;
    timer->length_ms = milliseconds;
    timer->is_again = false;
    ev_timer_set(&timer->watcher, milliseconds / 1000., 0.);
    ev_timer_start(loop, &timer->watcher);
}

void timer_stop(struct ev_loop *loop, struct timer *timer)
{
    ev_timer_stop(loop, &timer->watcher);
}

bool timer_is_active(const struct timer *timer)
{
    return ev_is_active(&timer->watcher);
}

void timer_extend(struct ev_loop *loop, struct timer *timer, uint32_t milliseconds)
{
    if (timer_is_active(timer) && ev_timer_remaining(loop, &timer->watcher) < milliseconds / 1000.)
        timer_start(loop, timer, milliseconds);
}
