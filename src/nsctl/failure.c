/*
 * failure.c - why a verb failed, and the exit code for that
 */
#include "nsctl/failure_private.h"

#include <errno.h>

int failure_check(struct failure *failure, int result, const char *subject)
{
    if (result >= 0)
        return 0;
    errno = -result;
    return error_failed(&failure->error, "%s", subject);
}

int failure_set(struct failure *failure, const char *subject, const char *reason)
{
    error_subject(&failure->error, "%s", subject);
    return error_reason(&failure->error, ERROR_FAILED, "%s", reason);
}
