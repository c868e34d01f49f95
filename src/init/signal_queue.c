/*
 * signal_queue.c - read signals from the signalfd, in order
 * ev_signal would merge queued real-time signals into one, and lose their values.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "init/init_private.h"
#include "util/loop.h"

/* How long to wait for a program to drain its full queue of signals. */
enum { RETRY_MS = 5 };

/* Deliver signals from the front of the queue while that succeeds. A SIGCHLD sets `reaps`. */
static void deliver(struct init *init, bool *reaps)
{
    struct signal_queue *queue = &init->queue;
    size_t done = 0;

    for (; done < queue->count; done++) {
        const struct signalfd_siginfo *info = &queue->signals[done];

        /* Codes above 0 are the kernel's own, such as CLD_EXITED: sigaction(2). */
        if ((info->ssi_signo != SIGCHLD || info->ssi_code <= 0) && !signals_deliver(init, info))
            break;
        /* A SIGCHLD that a process has sent may have merged with one of the kernel's. */
        if (info->ssi_signo == SIGCHLD)
            *reaps = true;
    }
    queue->count -= done;
    if (done > 0 && queue->count > 0)
        memmove(queue->signals, queue->signals + done, queue->count * sizeof queue->signals[0]);
}

/* Append a batch of signals to the queue. False if the signalfd has no more for now. */
static bool fetch(struct init *init)
{
    struct signal_queue *queue = &init->queue;
    size_t room = SIGNAL_ROOM - queue->count;
    ssize_t size;

    if (room > SIGNAL_BATCH)
        room = SIGNAL_BATCH;
    if (room == 0)
        return false;
    size = read(init->signal_fd, queue->signals + queue->count, room * sizeof queue->signals[0]);
    if (size <= 0)
        return false;
    queue->count += (size_t)size / sizeof queue->signals[0];
    /* A batch that is not full has emptied the kernel's queue. */
    return (size_t)size == room * sizeof queue->signals[0];
}

/*
 * The program does not take its real-time signals fast enough. nsinit reads no more than it has
 * room for, so that the next sender finds a full queue (EAGAIN of sigqueue(3)), as it would without
 * nsinit. The kernel counts queued signals by user (RLIMIT_SIGPENDING): signals that wait for
 * nsinit could use up the whole limit, so nsinit lowers its own to leave some of it to the program.
 */
static void start_waiting(struct init *init)
{
    struct signal_queue *queue = &init->queue;
    struct rlimit lower;

    queue->is_waiting = true;
    ev_io_stop(init->loop, &init->signals);
    /* prlimit(2), as musl's setrlimit(3) pulls in code to change all threads. */
    if (prlimit(0, RLIMIT_SIGPENDING, NULL, &queue->limit) < 0)
        return;
    lower = queue->limit;
    lower.rlim_cur -= lower.rlim_cur / 2 < SIGNAL_ROOM ? lower.rlim_cur / 2 : SIGNAL_ROOM;
    (void)prlimit(0, RLIMIT_SIGPENDING, &lower, NULL);
}

static void end_waiting(struct init *init)
{
    init->queue.is_waiting = false;
    (void)prlimit(0, RLIMIT_SIGPENDING, &init->queue.limit, NULL);
    watch_start(init->loop, &init->signals);
}

void signal_queue_read(struct init *init, bool reaps)
{
    struct signal_queue *queue = &init->queue;
    size_t before;
    bool has_more;

    do {
        has_more = fetch(init);
        before = queue->count;
        deliver(init, &reaps);
        /* Before the next fetch, so that the program gets the room that this frees. */
        if (queue->count > 0 && !queue->is_waiting)
            start_waiting(init);
    } while (has_more && queue->count < before && !init->signal_fd_blocks);
    if (reaps)
        reap_all(init);
    if (queue->count > 0) {
        timer_start(init->loop, &queue->retry, RETRY_MS);
    } else if (queue->is_waiting) {
        end_waiting(init);
    }
}

static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    watch_again(loop, watcher, events);
    signal_queue_read(watcher->data, false);
}

static void on_retry(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    /* A SIGCHLD of the program may be behind the signals that it does not take. */
    signal_queue_read(watcher->data, true);
}

void signal_queue_start(struct init *init)
{
    timer_init(&init->queue.retry, on_retry, init);
    watch_file(init->loop, &init->signals, init->signal_fd, on_readable, init);
}
