/*
 * net_error_private.h - why a request about a network interface failed
 */
#ifndef NSINIT_NET_NET_ERROR_PRIVATE_H
#define NSINIT_NET_NET_ERROR_PRIVATE_H

#include "util/error.h"

/* The attempted action. */
enum net_attempt {
    ATTEMPT_SOCKET,
    ATTEMPT_LOOPBACK,
    ATTEMPT_PAIR,
    ATTEMPT_BRIDGE,
    ATTEMPT_DEVICE,
    ATTEMPT_FIND,
    ATTEMPT_ADDRESS,
    ATTEMPT_UP,
    ATTEMPT_ROUTE,
    ATTEMPT_DEFAULT_ROUTE,
};

/*
 * 0, or -1 for a negative errno `result`, with the reason filled in: the attempt, the object of it,
 * the errno and the kernel's explanation (may be empty), and a hint for the usual causes.
 */
int net_check(struct error *error, enum net_attempt attempt, const char *object, int result,
              const char *explanation);

#endif
