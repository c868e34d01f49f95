/*
 * failure_private.h - why a verb failed, and the exit code for that
 */
#ifndef NSINIT_NSCTL_FAILURE_PRIVATE_H
#define NSINIT_NSCTL_FAILURE_PRIVATE_H

#include "util/error.h"

/*
 * Exit codes: nsinit refused the request; it does not know the verb or the service; nsctl was
 * misused or cannot reach it.
 */
enum { EXIT_REFUSED = 1, EXIT_UNKNOWN_NAME = 2, EXIT_UNREACHABLE = 125 };

struct failure {
    struct error error;
    int exit_code;
};

/* 0 for a `result` of 0 or more; -1 for a negative errno, which becomes the subject's reason. */
int failure_check(struct failure *failure, int result, const char *subject);

/* Fill in subject and reason. Returns -1. */
int failure_set(struct failure *failure, const char *subject, const char *reason);

#endif
