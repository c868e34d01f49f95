/*
 * signal_names.h - signal numbers and their names
 */
#ifndef NSINIT_UTIL_SIGNAL_NAMES_H
#define NSINIT_UTIL_SIGNAL_NAMES_H

#include <signal.h>
#include <stdbool.h>

#include "util/strbuf.h"

enum { SIGNAL_COUNT = _NSIG, SIGNAL_MAX = _NSIG - 1 };

/*
 * Read a signal: a name with or without "SIG", in either case (TERM, sigterm, RTMIN+3, RTMAX-1), or
 * a decimal number from 1 to SIGNAL_MAX. RTMIN is 34 everywhere, as in kill(1). 0 for any other
 * text.
 */
int signal_by_name(const char *name);

/* The closest valid name to a misspelt one, or NULL. */
const char *signal_closest_name(const char *name);

/* Whether the signal asks a program to end: TERM, INT, QUIT. */
bool signal_asks_to_end(int signal_number);

/* Append a signal's name without SIG: TERM, RTMIN+3; or its number if it has no name. */
void signal_add_name(struct strbuf *text, int signal_number);

/* The name of a signal in a buffer of the caller, for a log line. */
struct signal_name {
    char text[12];
};
const char *signal_name(int signal_number, struct signal_name *buffer);

/* Append how a process has ended, from its wait status: exit code 3, killed by TERM. */
void signal_add_end(struct strbuf *text, int wait_status);

#endif
