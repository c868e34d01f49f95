/*
 * channel.h - what nsinit and a process that it sets up have to say to each other
 * Both ends notice the other's death by the end of the connection. Whatever comes up the link comes
 * from a process that a service may have taken over, and is checked as if it came from the network.
 */
#ifndef NSINIT_SPAWN_CHANNEL_H
#define NSINIT_SPAWN_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

struct channel_message {
    enum channel_kind {
        CHANNEL_STAGE,    /* up: a second stage speaks, another process than before */
        CHANNEL_CREATED,  /* up: the namespaces exist; those of the set `value` come as files */
        CHANNEL_SOURCES,  /* down: `value` sources of its mounts come as files */
        CHANNEL_GO,       /* down: what nsinit does from outside is done */
        CHANNEL_NOTIFY,   /* up: the socket that the service notifies by comes as a file, or it is
                          nsinit's, without one */
        CHANNEL_TERMINAL, /* up: the controlling side of a terminal of the service's own devpts
                           * comes
                           */
        CHANNEL_STARTED, /* up: the inner init has executed the program, whose process is the sender
                          */
        CHANNEL_STOPPED, /* up: the signal `value` has stopped the program */
        CHANNEL_KILLED,  /* up: the signal `value` has killed the program */
        CHANNEL_MAIN,    /* down: the service says that process `value` of its namespace is its main
                         one; up: it is the sender now */
        CHANNEL_SIGNAL,  /* down: send the signal `value` to all of the service's processes */
        CHANNEL_STEP, /* down: send the signal `value` to the program, or to what it has left behind
                       */
        CHANNEL_MORE, /* down: steps of a stop schedule follow, and what the program leaves until
                      then is owed the signal `value` (0: none); negative: none follows the next one
                    */
        CHANNEL_FAILED, /* up: the last message, with the error */
        CHANNEL_KIND_COUNT
    } kind;
    int value;
    struct error error;
};

enum { CHANNEL_FILES = 9 };

/* What came with a message besides its text. The files are the receiver's. */
struct channel_attached {
    pid_t sender; /* its pid as the receiver sees it; 0: the end was not opened to learn pids */
    int files[CHANNEL_FILES];
    size_t file_count;
};

/*
 * Two connected ends, close-on-exec: 0 or a negative errno. With `learns_pids` the first one is
 * told each sender's pid.
 */
int channel_open(int ends[2], bool learns_pids);

/* Send a message; `error` may be NULL. 0 or a negative errno: then the other end has not got it. */
int channel_send(int fd, enum channel_kind kind, int value, const struct error *error);

/*
 * The same with a process of ours for the receiver to know by the pid it has there, instead of the
 * sender itself. Without the right to speak for others (unix(7)) it is the sender.
 */
int channel_send_pid(int fd, enum channel_kind kind, pid_t pid);

/* The same with open files, at most CHANNEL_FILES. */
int channel_send_files(int fd, enum channel_kind kind, int value, const int *files, size_t count);

/*
 * The next message, with at most `files_wanted` files; others are closed unseen. 1 with `message`
 * and `attached` filled in, 0 when the other end is gone, or a negative errno: -EAGAIN for none yet
 * (if not `wait`), -EBADMSG for something that is no message.
 */
int channel_receive(int fd, struct channel_message *message, struct channel_attached *attached,
                    size_t files_wanted, bool wait);

/* Close the files that came with a message. */
void channel_close_files(struct channel_attached *attached);

#endif
