/*
 * health_state_private.h - what a service's health checks amount to: Docker's rules
 */
#ifndef NSINIT_SERVICE_HEALTH_STATE_PRIVATE_H
#define NSINIT_SERVICE_HEALTH_STATE_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/supervision.h"

/* Docker's states of a container's health. */
enum health_state { HEALTH_STARTING, HEALTH_HEALTHY, HEALTH_UNHEALTHY };

/* All zero when a run begins. */
struct health_verdict {
    enum health_state state;
    unsigned int failures; /* in a row */
};

/*
 * A check has passed or not, which was begun `age_ms` after the service. Failures count from the
 * end of the start period on, or from the first check that has passed. Returns whether the state
 * has changed.
 */
bool health_verdict_on_check(struct health_verdict *verdict, const struct health_check *rules,
                             bool passed, uint64_t age_ms);

/* starting, healthy, unhealthy. */
const char *health_state_name(enum health_state state);

#endif
