/*
 * guard.h - a process beside nsinit that kills a program with --as-pid-1 when nsinit was
 * killed The kernel would do that by PR_SET_PDEATHSIG, but a program may take that back (prctl(2)).
 * What a service can't see, in nsinit's own PID namespace, it can't reach.
 */
#ifndef NSINIT_VISIT_GUARD_H
#define NSINIT_VISIT_GUARD_H

#include <sys/types.h>

#include "util/error.h"

struct guard {
    pid_t pid; /* a child of nsinit's; 0: none */
    int fd;    /* whose end tells it of nsinit's; close-on-exec */
};

/* For a child that has not been waited for. 0, or -1 with the reason filled in. */
int guard_start(struct guard *guard, pid_t guarded, struct error *error);

/* The guarded process has ended, or been killed: the guard is gone afterwards. */
void guard_stop(struct guard *guard);

#endif
