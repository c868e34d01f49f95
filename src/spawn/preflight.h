/*
 * preflight.h - for --check: find the service's requirements that this machine does not meet
 */
#ifndef NSINIT_SPAWN_PREFLIGHT_H
#define NSINIT_SPAWN_PREFLIGHT_H

#include "plan/pod.h"
#include "util/error.h"

/* Receives a finding: the key, the index of its value for a repeatable key, and the reason. */
typedef void preflight_finding(void *data, const char *key, size_t nth, const struct error *error);

/*
 * Check the user, the groups, the program and the paths of a service, as it will find them in the
 * namespaces of `namespace_holder` (or NULL). Paths in a tree that does not exist yet are not
 * checked: below mounts, in a joined mount namespace, in a root below another root.
 */
void preflight_service(const struct service *service, const struct service *namespace_holder,
                       preflight_finding *report, void *data);

/* Check the paths of the pod itself. */
void preflight_pod(const struct pod *pod, preflight_finding *report, void *data);

#endif
