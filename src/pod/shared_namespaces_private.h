/*
 * shared_namespaces_private.h - the namespaces that all services of a pod share
 * Their holder, a process that runs no program, makes them once. It is PID 1 of a PID namespace as
 * long as the pod lives. Without a PID namespace nsinit holds the others, and the process ends.
 */
#ifndef NSINIT_POD_SHARED_NAMESPACES_PRIVATE_H
#define NSINIT_POD_SHARED_NAMESPACES_PRIVATE_H

#include <stdbool.h>

#include "util/error.h"

struct supervisor;

/*
 * Begin to make the pod's namespaces. The services start when they are there; else
 * hooks->on_start_failed is called.
 */
void shared_namespaces_start(struct supervisor *supervisor);

/*
 * All services have ended: end the processes that are left in the namespaces. Returns whether that
 * takes time; then hooks->on_all_ended is called after it.
 */
bool shared_namespaces_end(struct supervisor *supervisor);

/*
 * nsinit ends: remove the pod's network devices, unless their namespace is kept; or leave them to
 * processes that may be left.
 */
void shared_namespaces_disconnect(struct supervisor *supervisor, bool leaves_nothing);

/* Skip to the next step of the schedule that ends the processes. */
void shared_namespaces_skip_step(const struct supervisor *supervisor);

#endif
