/*
 * depends.h - which services of a pod wait for which others
 */
#ifndef NSINIT_PLAN_DEPENDS_H
#define NSINIT_PLAN_DEPENDS_H

#include "plan/pod.h"
#include "util/error.h"

/* The service and its key that an error is about; `nth` counts a repeatable key from 0. */
struct depends_fault {
    unsigned int place;
    const char *key;
    size_t nth;
};

/*
 * Fill in a service's `after` from its names, and from the services whose namespaces it enters.
 * Returns 0, or -1 with fault and reason filled in (ERROR_USAGE) if a service is unknown or waits
 * for itself.
 */
int depends_resolve(const struct pod *pod, struct service *service, struct depends_fault *fault,
                    struct error *error);

/* -1, with fault and reason filled in, if services wait for each other in a circle; else 0. */
int depends_find_circle(const struct pod *pod, struct depends_fault *fault, struct error *error);

/* The name in a source service:NAME of --enter, or NULL. */
const char *depends_entered_service(const struct ns_join *join);

/* The place of a service by its name of `length` bytes, or -1. */
int depends_find(const struct pod *pod, const char *name, size_t length);

#endif
