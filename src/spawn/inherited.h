/*
 * inherited.h - the state nsinit was started with, set aside so that the program gets it back
 */
#ifndef NSINIT_SPAWN_INHERITED_H
#define NSINIT_SPAWN_INHERITED_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/signals.h"

struct inherited {
    struct signal_set mask;
    bool child_signal_ignored;
    pid_t parent;
    pid_t self; /* nsinit's own pid, by which its starter may have called it */
};

/*
 * Block every signal, so that none is lost from here on, let children become zombies whatever the
 * starter did to SIGCHLD, and put a close-on-exec placeholder in the place of a closed stdin,
 * stdout or stderr, so that no file of nsinit's own lands there. To be called first in main().
 */
void inherited_take(struct inherited *inherited);

/* In the child, last before execve(2): give mask and SIGCHLD back. Async-signal-safe. */
void inherited_give_back(const struct inherited *inherited);

/*
 * Close each file above stderr that nsinit inherited and has passed on, so that it holds nobody's
 * lock or pipe open; `keep` (`count` descriptors, in any order) are nsinit's own. stdout and
 * stderr stay: images log to /proc/1/fd/1.
 */
void inherited_close_files(int *keep, size_t count);

#endif
