/*
 * order.h - in which order the services of a pod start and stop
 */
#ifndef NSINIT_POD_ORDER_H
#define NSINIT_POD_ORDER_H

#include "pod/pod.h"
#include "util/error.h"

/*
 * Fill in each service's `after` by its names, and by the services whose namespaces it enters.
 * 0, or -1 for a name that no service has, one that waits for itself, and a circle: then the
 * reason is filled in (ERROR_USAGE), and the subject is lengthened by what it is about.
 */
int order_resolve(struct pod *pod, struct error *error);

/* The name in an entrance's source service:NAME, or NULL. */
const char *order_entered_service(const struct entrance *entrance);

/* The place of the service of that name, or -1. */
int order_find(const struct pod *pod, const char *name, size_t length);

#endif
