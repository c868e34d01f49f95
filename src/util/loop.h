/*
 * loop.h - watch files and timers by the loop, in the few ways that nsinit does
 */
#ifndef NSINIT_UTIL_LOOP_H
#define NSINIT_UTIL_LOOP_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

typedef void file_watcher(struct ev_loop *loop, struct ev_io *watcher, int events);
typedef void timer_watcher(struct ev_loop *loop, struct ev_timer *watcher, int events);

/*
 * A timer that a freeze does not make go off: docker pause, a snapshot of the machine and SIGSTOP
 * stop those whom it waits for together with nsinit. One that is late by more than its own time and
 * a second, as the loop has not run, runs once more. All of it is private to loop.c.
 */
struct timer {
    struct ev_timer watcher; /* first: its callback finds the rest behind it */
    timer_watcher *on_timer;
    uint64_t due_ms;
    uint32_t length_ms;
    bool is_again;
};

/* Call `on_readable` whenever there is something to be read, with `owner` as the watcher's data. */
void watch_file(struct ev_loop *loop, struct ev_io *watcher, int fd, file_watcher *on_readable,
                void *owner);

/* The same with a new pipe, which is read without waiting: its end for writing, or -1 with errno.
 */
int watch_pipe(struct ev_loop *loop, struct ev_io *watcher, file_watcher *on_readable, void *owner);

/* As ev_io_start, and the loop is to know of it. */
void watch_start(struct ev_loop *loop, struct ev_io *watcher);

/*
 * One turn of the loop. Where the kernel refuses to watch a file, libev notes it too late to not
 * wait any more: so the turn in which it is asked for new ones does not wait.
 */
void watch_turn(struct ev_loop *loop);

/*
 * Each callback of a file calls this first. Where the kernel would not watch the file
 * (fs.epoll.max_user_watches, no memory) libev has stopped the watcher, and called back with an
 * error: it is started again, and at the end of the turn the file is waited for in another way, for
 * a moment. The callback then goes on as if the file were ready, which it need not be.
 */
void watch_again(struct ev_loop *loop, struct ev_io *watcher, int events);

/* Once, before the loop: libev is not to abort(3) at an error of the kernel. */
void watch_survive_errors(void);

/* Whether the loop can't wait for files any more, which it has said then; its timers still go off.
 */
bool watch_has_failed(void);

/* What is done instead: wait for this one alone, for a moment. */
void watch_one(int fd);

/* If it is watched: not any more, and close it. */
void watch_end(struct ev_loop *loop, struct ev_io *watcher);

/* Get a timer ready, which is all zero and not started yet. */
void timer_init(struct timer *timer, timer_watcher *on_timer, void *owner);

/* Let it go off so long from now, whether it is active or not. */
void timer_start(struct ev_loop *loop, struct timer *timer, uint32_t milliseconds);

void timer_stop(struct ev_loop *loop, struct timer *timer);
bool timer_is_active(const struct timer *timer);

/* If it is active: not before so long from now. */
void timer_extend(struct ev_loop *loop, struct timer *timer, uint32_t milliseconds);

#endif
