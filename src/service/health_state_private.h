/*
 * health_state_private.h - judge a service's health by its checks: Docker's rules
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
 * Count a check that was begun `age_ms` milliseconds after the service. Failures count after the
 * start period, or after the first check that has passed. Returns whether the state has changed.
 */
bool health_verdict_on_check(struct health_verdict *verdict, const struct health_check *rules,
                             bool passed, uint64_t age_ms);

/* starting, healthy or unhealthy. */
const char *health_state_name(enum health_state state);

#endif
