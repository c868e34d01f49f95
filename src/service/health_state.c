/*
 * health_state.c - judge a service's health by its checks: Docker's rules
 */
#include "service/health_state_private.h"

bool health_verdict_on_check(struct health_verdict *verdict, const struct health_check *rules,
                             bool passed, uint64_t age_ms)
{
    enum health_state before = verdict->state;

    if (passed) {
        verdict->failures = 0;
        verdict->state = HEALTH_HEALTHY;
    } else if (verdict->state != HEALTH_STARTING || age_ms >= rules->start_period_ms) {
        verdict->failures++;
        if (verdict->failures >= rules->retries)
            verdict->state = HEALTH_UNHEALTHY;
    }
    return verdict->state != before;
}

const char *health_state_name(enum health_state state)
{
    static const char names[][10] = {
        [HEALTH_STARTING] = "starting",
        [HEALTH_HEALTHY] = "healthy",
        [HEALTH_UNHEALTHY] = "unhealthy",
    };

    return names[state];
}
