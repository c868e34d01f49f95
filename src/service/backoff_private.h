/*
 * backoff_private.h - whether and when a service that has ended is started again
 */
#ifndef NSINIT_SERVICE_BACKOFF_PRIVATE_H
#define NSINIT_SERVICE_BACKOFF_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/supervision.h"

/* What is remembered from run to run. All zero at first. */
struct backoff {
    unsigned int count;
    uint32_t last_delay_ms; /* as the policy has it; 0: none yet, or none is asked for */
};

/* After a run this long the delay begins anew; Docker's figure, too. */
enum { BACKOFF_RESET_AFTER_MS = 10 * 1000 };

/* A program that could not be started at all is not tried again at once, whatever is asked for. */
enum { BACKOFF_MIN_AFTER_FAILED_START_MS = 100 };

/* Whether the policy starts it again after a run that has failed or not. */
bool backoff_allows_restart(const struct backoff *restarts, const struct restart *policy,
                            bool failed);

/*
 * Count a restart: the delay before it, in milliseconds. `ran_ms` is how long the last run was,
 * or negative when the program could not be started.
 */
uint32_t backoff_next_delay(struct backoff *restarts, const struct restart *policy, int64_t ran_ms);

#endif
