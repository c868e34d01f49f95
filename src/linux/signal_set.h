/*
 * signal_set.h - sets of signals as the kernel has them: masks, signalfd(2), what is pending
 */
#ifndef NSINIT_LINUX_SIGNAL_SET_H
#define NSINIT_LINUX_SIGNAL_SET_H

#include <stdbool.h>

#include "util/signal_names.h"

/*
 * The kernel's own set. sigset_t and its functions leave out the real-time signals that the libc
 * keeps for itself (32 and 33 in glibc, 32 to 34 in musl), but others may send them.
 */
struct signal_set {
    unsigned long bits[(SIGNAL_MAX + 8 * sizeof(long) - 1) / (8 * sizeof(long))];
};

struct signal_set signal_set_full(void);
struct signal_set signal_set_of(int signal_number);
bool signal_set_has(const struct signal_set *set, int signal_number);

/* sigprocmask(2). Cannot fail with a valid `how`. `old` may be NULL. */
void signal_mask(int how, const struct signal_set *set, struct signal_set *old);

/* A signalfd(2) for all signals of the set, non-blocking, close-on-exec; or a negative errno. */
int signal_open_fd(const struct signal_set *set);

/* Whether the calling process ignores the signal, so that it never gets it. */
bool signal_is_ignored(int signal_number);

/* sigpending(2). */
struct signal_set signal_pending(void);

#endif
