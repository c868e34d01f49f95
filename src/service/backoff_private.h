/*
 * backoff_private.h - whether and when the restart policy starts a service again
 */
#ifndef NSINIT_SERVICE_BACKOFF_PRIVATE_H
#define NSINIT_SERVICE_BACKOFF_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/supervision.h"

/* Kept from run to run. All zero at first. */
struct backoff {
    unsigned int count;
    uint32_t last_delay_ms; /* by the policy; 0: none yet, or the policy has none */
};

/* A run of this length resets the delay, as Docker does. */
enum { BACKOFF_RESET_AFTER_MS = 10 * 1000 };

/* The least delay after a failed start, whatever the policy says. */
enum { BACKOFF_MIN_AFTER_FAILED_START_MS = 100 };

/* Whether the policy starts the service again after a run, which may have failed. */
bool backoff_allows_restart(const struct backoff *backoff, const struct restart *policy,
                            bool failed);

/*
 * Count a restart, and return the delay before it in milliseconds. `ran_ms` is the length of the
 * last run, or negative if the program could not be started.
 */
uint32_t backoff_next_delay(struct backoff *backoff, const struct restart *policy, int64_t ran_ms);

#endif
