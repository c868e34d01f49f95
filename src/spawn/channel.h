/*
 * channel.h - messages between nsinit and a process that it sets up
 * Each end sees the other's death as the end of the connection. A service may have taken over the
 * process, so its messages are checked as if they came from the network.
 */
#ifndef NSINIT_SPAWN_CHANNEL_H
#define NSINIT_SPAWN_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

/* "Up" is to nsinit, "down" to the process or its inner init. */
enum channel_kind {
    /* setup */
    CHANNEL_STAGE,    /* up: the sender is a second stage */
    CHANNEL_CREATED,  /* up: the namespaces exist; with descriptors of the types in the set `value`
                       */
    CHANNEL_SOURCES,  /* down: with sources of mounts as descriptors; without, one is missing */
    CHANNEL_GO,       /* down: nsinit has done its part of the setup */
    CHANNEL_NOTIFY,   /* up: with the service's notify socket; without one, nsinit's is reachable */
    CHANNEL_TERMINAL, /* up: with the controlling side of a terminal of the service's devpts */
    CHANNEL_FAILED,   /* up: the last message, with the error */

    /* an inner init */
    CHANNEL_STARTED, /* up: the sender is the program, which has been executed */
    CHANNEL_STOPPED, /* up: signal `value` has stopped the program */
    CHANNEL_KILLED,  /* up: signal `value` has killed the program */
    CHANNEL_MAIN, /* down: PID `value` of the namespace is the main process; up: the sender is it */
    CHANNEL_SIGNAL, /* down: send signal `value` to all processes of the service */
    CHANNEL_STEP,   /* down: send signal `value` to the program, or to the processes it has left */
    CHANNEL_MORE,   /* down: more steps of a stop schedule follow; until they do, processes that the
                       program leaves get signal `value` (0: none). Negative: none after the next */
    CHANNEL_KIND_COUNT
};

struct channel_message {
    enum channel_kind kind;
    int value;
    struct error error;
};

enum { CHANNEL_FILES = 11 };

/* The descriptors and the PID that came with a message. The receiver owns the descriptors. */
struct channel_attached {
    pid_t sender; /* its PID as the receiver sees it; 0: the channel does not learn PIDs */
    int files[CHANNEL_FILES];
    size_t file_count;
};

/*
 * Two connected ends, close-on-exec. With `learns_pids` the first end receives each sender's PID.
 * 0, or a negative errno.
 */
int channel_open(int ends[2], bool learns_pids);

/* Send a message; `error` may be NULL. 0, or a negative errno: the message was not sent. */
int channel_send(int fd, enum channel_kind kind, int value, const struct error *error);

/*
 * Send a message with another process as the sender. Where the kernel does not permit that
 * (unix(7): SCM_CREDENTIALS needs CAP_SYS_ADMIN), the caller is the sender.
 */
int channel_send_pid(int fd, enum channel_kind kind, pid_t pid);

/* Send a message with descriptors, at most CHANNEL_FILES. */
int channel_send_files(int fd, enum channel_kind kind, int value, const int *files, size_t count);

/*
 * Receive a message with at most `files_wanted` descriptors; more are closed. Returns 1 with
 * `message` and `attached` filled in, 0 if the other end is closed, or a negative errno: -EAGAIN if
 * no message has arrived (unless `wait`), -EBADMSG for an invalid one.
 */
int channel_receive(int fd, struct channel_message *message, struct channel_attached *attached,
                    size_t files_wanted, bool wait);

/* Close the descriptors that came with a message. */
void channel_close_files(struct channel_attached *attached);

#endif
