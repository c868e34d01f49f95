/*
 * watch.c - watch files and timers by the loop, in the few ways that nsinit does
 */
#include "supervise/watch.h"

#include <fcntl.h>
#include <unistd.h>

void watch_file(struct ev_loop *loop, struct ev_io *watcher, int fd, file_watcher *on_readable,
                void *owner)
{
    ev_io_init(watcher, on_readable, fd, EV_READ);
    watcher->data = owner;
    ev_io_start(loop, watcher);
}

int watch_pipe(struct ev_loop *loop, struct ev_io *watcher, file_watcher *on_readable, void *owner)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    /* Of this end alone: the writer's is as it expects it. */
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    watch_file(loop, watcher, ends[0], on_readable, owner);
    return ends[1];
}

void watch_end(struct ev_loop *loop, struct ev_io *watcher)
{
    if (!ev_is_active(watcher))
        return;
    ev_io_stop(loop, watcher);
    close(watcher->fd);
}

void timer_init(struct ev_timer *timer, timer_watcher *on_timer, void *owner)
{
    ev_timer_init(timer, on_timer, 0., 0.);
    timer->data = owner;
}

void timer_start(struct ev_loop *loop, struct ev_timer *timer, uint32_t milliseconds)
{
    ev_timer_stop(loop, timer);
    ev_now_update(loop);
    ev_timer_set(timer, milliseconds / 1000., 0.);
    ev_timer_start(loop, timer);
}

void timer_extend(struct ev_loop *loop, struct ev_timer *timer, uint32_t milliseconds)
{
    if (ev_is_active(timer) && ev_timer_remaining(loop, timer) < milliseconds / 1000.)
        timer_start(loop, timer, milliseconds);
}
