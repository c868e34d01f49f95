/*
 * preflight.h - what a service needs and the machine does not have now: for --check, which starts
 * none
 */
#ifndef NSINIT_OPTIONS_PREFLIGHT_H
#define NSINIT_OPTIONS_PREFLIGHT_H

#include "plan/pod.h"
#include "util/error.h"

/* Takes a fault: the key, the number of its value from 0 for a repeatable key, and the reason. */
typedef void preflight_finding(void *data, const char *key, size_t nth, const struct error *error);

/*
 * Look for the user, the groups, the program and the paths of a service where it would find them,
 * in the namespaces of `namespace_holder` (or NULL). Nothing is looked for in a tree that is not
 * there yet: below mounts, in an entered mount namespace, in a root below another root.
 */
void preflight_service(const struct service *service, const struct service *namespace_holder,
                       preflight_finding *tell, void *data);

/* Look for the paths that the pod itself names. */
void preflight_pod(const struct pod *pod, preflight_finding *tell, void *data);

#endif
