/*
 * depends.h - in which order the services of a pod start and stop
 */
#ifndef NSINIT_PLAN_DEPENDS_H
#define NSINIT_PLAN_DEPENDS_H

#include "plan/pod.h"
#include "util/error.h"

/* The place of a service and the key of it that is at fault, the Nth from 0 of a repeatable one. */
struct depends_fault {
    unsigned int place;
    const char *key;
    size_t nth;
};

/*
 * Fill in a service's `after` by its names, and by the services whose namespaces it enters. 0, or
 * -1 for a name that no service has, or one that waits for itself: then fault and reason are filled
 * in (ERROR_USAGE).
 */
int depends_resolve(const struct pod *pod, struct service *service, struct depends_fault *fault,
                    struct error *error);

/* Whether any service waits for itself by way of others: then -1, as above; else 0. */
int depends_find_circle(const struct pod *pod, struct depends_fault *fault, struct error *error);

/* The name in an entrance's source service:NAME, or NULL. */
const char *depends_entered_service(const struct ns_join *join);

/* The place of the service of that name, or -1. */
int depends_find(const struct pod *pod, const char *name, size_t length);

#endif
