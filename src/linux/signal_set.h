/*
 * signal_set.h - the kernel's sets of signals: masks, signalfd(2), pending signals
 */
#ifndef NSINIT_LINUX_SIGNAL_SET_H
#define NSINIT_LINUX_SIGNAL_SET_H

#include <stdbool.h>

#include "util/signal_names.h"

/*
 * sigset_t and its functions leave out the real-time signals that the C library uses itself (32 and
 * 33 in glibc, 32 to 34 in musl), which other processes may send.
 */
struct signal_set {
    unsigned long bits[(SIGNAL_MAX + 8 * sizeof(long) - 1) / (8 * sizeof(long))];
};

struct signal_set signal_set_full(void);
struct signal_set signal_set_of(int signal_number);
bool signal_set_has(const struct signal_set *set, int signal_number);

/* sigprocmask(2), which can't fail with a valid `how`. `old` may be NULL. */
void signal_mask(int how, const struct signal_set *set, struct signal_set *old);

/* signalfd(2) for the set, non-blocking and close-on-exec; or a negative errno. */
int signal_open_fd(const struct signal_set *set);

/* Whether the calling process ignores the signal. */
bool signal_is_ignored(int signal_number);

/* sigpending(2). */
struct signal_set signal_pending(void);

#endif
