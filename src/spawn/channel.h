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

struct link_message {
    enum link_kind {
        LINK_STAGE,    /* up: a second stage speaks, another process than before */
        LINK_CREATED,  /* up: the namespaces exist; those of the set `value` come as files */
        LINK_SOURCES,  /* down: `value` sources of its mounts come as files */
        LINK_GO,       /* down: what nsinit does from outside is done */
        LINK_NOTIFY,   /* up: the socket that the service notifies by comes as a file, or it is
                          nsinit's, without one */
        LINK_TERMINAL, /* up: the controlling side of a terminal of the service's own devpts comes
                        */
        LINK_STARTED, /* up: the inner init has executed the program, whose process is the sender */
        LINK_STOPPED, /* up: the signal `value` has stopped the program */
        LINK_KILLED,  /* up: the signal `value` has killed the program */
        LINK_MAIN,    /* down: the service says that process `value` of its namespace is its main
                         one; up: it is the sender now */
        LINK_SIGNAL,  /* down: send the signal `value` to all of the service's processes */
        LINK_STEP, /* down: send the signal `value` to the program, or to what it has left behind */
        LINK_MORE, /* down: steps of a stop schedule follow, and what the program leaves until then
                      is owed the signal `value` (0: none); negative: none follows the next one */
        LINK_FAILED, /* up: the last message, with the error */
        LINK_KIND_COUNT
    } kind;
    int value;
    struct error error;
};

enum { LINK_FILES = 9 };

/* What came with a message besides its text. The files are the receiver's. */
struct link_attached {
    pid_t sender; /* its pid as the receiver sees it; 0: the end was not opened to learn pids */
    int files[LINK_FILES];
    size_t file_count;
};

/*
 * Two connected ends, close-on-exec: 0 or a negative errno. With `learns_pids` the first one is
 * told each sender's pid.
 */
int link_open(int ends[2], bool learns_pids);

/* Send a message; `error` may be NULL. 0 or a negative errno: then the other end has not got it. */
int link_tell(int fd, enum link_kind kind, int value, const struct error *error);

/*
 * The same with a process of ours for the receiver to know by the pid it has there, instead of the
 * sender itself. Without the right to speak for others (unix(7)) it is the sender.
 */
int link_tell_process(int fd, enum link_kind kind, pid_t pid);

/* The same with open files, at most LINK_FILES. */
int link_tell_files(int fd, enum link_kind kind, int value, const int *files, size_t count);

/*
 * The next message, with at most `files_wanted` files; others are closed unseen. 1 with `message`
 * and `attached` filled in, 0 when the other end is gone, or a negative errno: -EAGAIN for none yet
 * (if not `wait`), -EBADMSG for something that is no message.
 */
int link_receive(int fd, struct link_message *message, struct link_attached *attached,
                 size_t files_wanted, bool wait);

/* Close the files that came with a message. */
void link_close_files(struct link_attached *attached);

#endif
