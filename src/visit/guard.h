/*
 * guard.h - a process that kills a program of --as-pid-1 when nsinit was killed
 * PR_SET_PDEATHSIG is not enough: the program may reset it (prctl(2)). The guard is in nsinit's PID
 * namespace, where the service can neither see nor signal it.
 */
#ifndef NSINIT_VISIT_GUARD_H
#define NSINIT_VISIT_GUARD_H

#include <sys/types.h>

#include "util/error.h"

struct guard {
    pid_t pid; /* a child of nsinit's; 0: none */
    int fd;    /* a pipe that closes with nsinit; close-on-exec */
};

/* Guard a child that has not been waited for. 0, or -1 with the reason filled in. */
int guard_start(struct guard *guard, pid_t guarded, struct error *error);

/* End the guard, as the guarded process has ended. */
void guard_stop(struct guard *guard);

#endif
