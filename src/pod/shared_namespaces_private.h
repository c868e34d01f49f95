/*
 * shared_namespaces_private.h - the namespaces that all services of a pod share
 * They are made once, by a process that runs no program. A PID namespace has it as its PID 1 as
 * long as the pod lives; the others are held by nsinit, and the process is gone.
 */
#ifndef NSINIT_POD_SHARED_NAMESPACES_PRIVATE_H
#define NSINIT_POD_SHARED_NAMESPACES_PRIVATE_H

#include <stdbool.h>

#include "util/error.h"

struct supervisor;

/*
 * Begin to make those that the pod has: its services are launched when they are there, or
 * hooks->on_start_failed is called.
 */
void shared_namespaces_start(struct supervisor *supervisor);

/*
 * All services have ended: end what is left in there. Whether that takes time; then
 * hooks->on_all_ended is called after it.
 */
bool shared_namespaces_end(struct supervisor *supervisor);

/* Nothing is left in there: delete what connected it to the network, unless that is kept. */
void shared_namespaces_disconnect(struct supervisor *supervisor);

/* On to the next step of that. */
void shared_namespaces_skip_step(const struct supervisor *supervisor);

#endif
