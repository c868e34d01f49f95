/*
 * link.h - what nsinit and a process it isolates have to say to each other
 * Both ends notice the other's death by the end of the connection.
 */
#ifndef NSINIT_SPAWN_LINK_H
#define NSINIT_SPAWN_LINK_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/error.h"

struct link_message {
    enum link_kind {
        LINK_STAGE,   /* up: another stage, to be waited for */
        LINK_CREATED, /* up: the namespaces exist */
        LINK_GO,      /* down: what is done from outside is done */
        LINK_NOTIFY,  /* up: the socket that the service notifies by, attached */
        LINK_STARTED, /* up: the program has been executed, as the process that comes with it */
        LINK_STOPPED, /* up: it was stopped by the signal `value` */
        LINK_SIGNAL,  /* down: the signal `value` to all the service's processes */
        LINK_FAILED   /* up: the last message, with the error */
    } kind;
    int value;
    struct error error;
};

/*
 * Two connected ends, close-on-exec: 0 or a negative errno. With `learns_pids` the first one is
 * told each sender's pid.
 */
int link_open(int ends[2], bool learns_pids);

/* Send a message; `error` may be NULL. The other end may be gone: it need not hear any more. */
void link_tell(int fd, enum link_kind kind, int value, const struct error *error);

/*
 * The same with a process of ours for the receiver to know by the pid it has there, instead of the
 * sender itself. Without the right to speak for others (unix(7)) it is the sender.
 */
void link_tell_process(int fd, enum link_kind kind, pid_t pid);

/* The same with an open file. */
void link_tell_file(int fd, enum link_kind kind, int file);

/* The next message: 1, 0 when the other end is gone, or a negative errno (-EAGAIN: none yet, if
 * not `wait`). `sender`,
 * `file` (either may be NULL) are changed if known: its pid as we see it, on the end that learns
 * pids, and a file that came with the message. */
int link_receive(int fd, struct link_message *message, pid_t *sender, int *file, int wait);

#endif
