/*
 * backoff.c - whether and when the restart policy starts a service again
 */
#include "service/backoff_private.h"

bool backoff_allows_restart(const struct backoff *backoff, const struct restart *policy,
                            bool failed)
{
    switch (policy->policy) {
    case RESTART_ALWAYS:
        return true;
    case RESTART_ON_FAILURE:
        return failed && (policy->most == 0 || backoff->count < policy->most);
    case RESTART_NO:
        break;
    }
    return false;
}

uint32_t backoff_next_delay(struct backoff *backoff, const struct restart *policy, int64_t ran_ms)
{
    uint32_t delay = policy->first_ms;

    if (backoff->last_delay_ms != 0 && ran_ms < BACKOFF_RESET_AFTER_MS)
        delay = backoff->last_delay_ms > policy->cap_ms / 2 ? policy->cap_ms
                                                            : backoff->last_delay_ms * 2;
    backoff->count++;
    backoff->last_delay_ms = delay;
    /* This minimum is not the policy's, so it is not doubled for the next time. */
    if (ran_ms < 0 && delay < BACKOFF_MIN_AFTER_FAILED_START_MS)
        return BACKOFF_MIN_AFTER_FAILED_START_MS;
    return delay;
}
