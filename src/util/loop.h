/*
 * loop.h - the few ways in which nsinit uses libev: files, timers, errors of epoll
 */
#ifndef NSINIT_UTIL_LOOP_H
#define NSINIT_UTIL_LOOP_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

typedef void file_watcher(struct ev_loop *loop, struct ev_io *watcher, int events);
typedef void timer_watcher(struct ev_loop *loop, struct ev_timer *watcher, int events);

/*
 * A timer that does not expire because of a freeze: docker pause, a snapshot of the machine and
 * SIGSTOP stop the awaited processes together with nsinit. If the loop has not run and the timer is
 * late by more than its own time and a second, it runs once more. Its members are private to
 * loop.c.
 */
struct timer {
    struct ev_timer watcher; /* first, as its callback gets the address of the whole */
    timer_watcher *on_timer;
    uint64_t due_ms;
    uint32_t length_ms;
    bool is_again;
};

/* Call `on_readable` whenever the file can be read; the watcher's data is `owner`. */
void watch_file(struct ev_loop *loop, struct ev_io *watcher, int fd, file_watcher *on_readable,
                void *owner);

/* Watch the reading end of a new pipe, non-blocking. Returns the writing end, or -1 with errno. */
int watch_pipe(struct ev_loop *loop, struct ev_io *watcher, file_watcher *on_readable, void *owner);

/* As ev_io_start; watch_turn must know each new file. */
void watch_start(struct ev_loop *loop, struct ev_io *watcher);

/*
 * Run the loop once. libev discovers only when it is about to wait that the kernel refuses to watch
 * a file, so a turn with new files does not wait.
 */
void watch_turn(struct ev_loop *loop);

/*
 * Each callback of a file calls this first. If the kernel refused to watch the file
 * (fs.epoll.max_user_watches, no memory), libev has stopped the watcher and calls back with an
 * error. This starts the watcher again, and lets the end of the turn poll the file for a moment.
 * The callback then goes on as if the file were ready, which it may not be.
 */
void watch_again(struct ev_loop *loop, struct ev_io *watcher, int events);

/* To be called once, before the loop: libev must not abort(3) at an error of the kernel. */
void watch_survive_errors(void);

/* Whether the loop can no longer wait for files; it has logged that, and timers still go off. */
bool watch_has_failed(void);

/* Wait for one file for a moment, where the loop can't wait. */
void watch_one(int fd);

/* Stop a watcher and close its file, if it is watched. */
void watch_end(struct ev_loop *loop, struct ev_io *watcher);

/* Initialize a timer. */
void timer_init(struct timer *timer, timer_watcher *on_timer, void *owner);

/* Let a timer expire after this time, whether it is active or not. */
void timer_start(struct ev_loop *loop, struct timer *timer, uint32_t milliseconds);

void timer_stop(struct ev_loop *loop, struct timer *timer);
bool timer_is_active(const struct timer *timer);

/* Let an active timer expire no earlier than after this time. */
void timer_extend(struct ev_loop *loop, struct timer *timer, uint32_t milliseconds);

#endif
