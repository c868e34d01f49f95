/*
 * signal_names.h - signal numbers, names and sets, as the kernel has them
 */
#ifndef NSINIT_UTIL_SIGNAL_NAMES_H
#define NSINIT_UTIL_SIGNAL_NAMES_H

#include <signal.h>
#include <stdbool.h>

#include "util/strbuf.h"

enum { SIGNAL_COUNT = _NSIG, SIGNAL_MAX = _NSIG - 1 };

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

/*
 * A signal's number by its name, with or without "SIG", in either case: TERM, sigterm, RTMIN+3,
 * RTMAX-1; or by a decimal number from 1 to SIGNAL_MAX. RTMIN is 34 everywhere, as kill(1) has
 * it. 0 when it is none.
 */
int signal_by_name(const char *name);

/* The closest valid name to a misspelt one, or NULL. */
const char *signal_closest_name(const char *name);

/* Whether it asks a program to end: TERM, INT, QUIT. */
bool signal_asks_to_end(int signal_number);

/* Append a signal's name without SIG: TERM, RTMIN+3, or its number where it has no name. */
void signal_add_name(struct strbuf *text, int signal_number);

/* The same in a buffer of the caller, for a log line. Returns `buffer`. */
struct signal_name {
    char text[12];
};
const char *signal_name(int signal_number, struct signal_name *buffer);

/* Append how a process has ended, by its wait status: exit code 3, killed by TERM. */
void signal_add_end(struct strbuf *text, int wait_status);

#endif
