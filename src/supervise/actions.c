/*
 * actions.c - do what the table of states.h asks for
 */
#include "supervise/actions.h"

#include <signal.h>

#include "supervise/health.h"
#include "supervise/run.h"
#include "supervise/supervise.h"
#include "util/log.h"

/* Not an event of the table: nothing follows. */
enum { NO_EVENT = -1 };

/* How a run is ended where the user has said nothing: as docker stop does. */
static const struct schedule default_stop = {.steps = {{SIGTERM, 10000}, {SIGKILL, WAIT_FOREVER}},
                                             .count = 2};
/* The watchdog's: time for a core dump. */
static const struct schedule abort_first = {.steps = {{SIGABRT, 10000}, {SIGKILL, WAIT_FOREVER}},
                                            .count = 2};

enum service_event actions_outcome(const struct supervised *supervised)
{
    bool has_failed = supervised->failed || supervised->ran_ms < 0 || supervised->exit_code != 0;

    if (supervised->state == SERVICE_STOPPING ||
        !restarts_go_on(&supervised->restarts, &plan_of(supervised)->restart, has_failed))
        return EVENT_ENDED_FINALLY;
    return EVENT_ENDED_RESTART;
}

enum service_event actions_conclude(const struct supervised *supervised)
{
    enum service_event event = actions_outcome(supervised);

    if (event == EVENT_ENDED_FINALLY && supervised->state != SERVICE_STOPPING &&
        supervised->exit_code != 0 && supervised->restarts.count > 0)
        log_line(LOG_WARNING, "%s: exit code %d, given up after %u restarts", name_of(supervised),
                 supervised->exit_code, supervised->restarts.count);
    return event;
}

/* The first start has been seen to by supervise_start: this one is tried again if it fails. */
static int do_spawn(struct supervised *supervised)
{
    struct error error = {.kind = ERROR_FAILED};

    if (run_start(supervised, &error) == 0)
        return supervision_awaits_readiness(plan_of(supervised)) ? NO_EVENT : EVENT_READY;
    log_line(LOG_WARNING, "%s%s%s%s%s", error.subject, error.subject[0] != '\0' ? ": " : "",
             error.reason, error.hint[0] != '\0' ? "\n  hint: " : "", error.hint);
    supervised->exit_code = supervised->supervisor->pod->error_codes[error.kind];
    return (int)actions_conclude(supervised);
}

static void do_announce(struct supervised *supervised)
{
    struct ev_loop *loop = supervised->supervisor->loop;

    ev_timer_stop(loop, &supervised->timer);
    supervised->is_ready = true;
    if (supervision_awaits_readiness(plan_of(supervised))) {
        log_line(LOG_INFO, "%s: ready", name_of(supervised));
        relay_send(&supervised->supervisor->relay, "READY=1\n");
    }
    if (supervised->watchdog_ms != 0)
        run_start_timer(supervised, &supervised->watchdog, supervised->watchdog_ms);
    if (supervised->health != NULL)
        health_begin(supervised->health);
}

static void do_stop(struct supervised *supervised)
{
    const struct schedule *schedule = &plan_of(supervised)->stop;

    run_unwatch(supervised);
    relay_send(&supervised->supervisor->relay, "STOPPING=1\n");
    /* One that is failing is on its way out already, by a schedule of nsinit's own. */
    if (schedule->count > 0)
        steps_begin(&supervised->steps, schedule);
}

static void do_hurry(struct supervised *supervised)
{
    if (supervised->steps.schedule != NULL)
        steps_go_on(&supervised->steps);
}

static void do_end_run(struct supervised *supervised, enum service_event event)
{
    const struct schedule *schedule = &plan_of(supervised)->stop;

    if (schedule->count == 0)
        schedule = &default_stop;
    if (event == EVENT_WATCHDOG)
        schedule = &abort_first;
    if (event != EVENT_UNHEALTHY)
        log_line(LOG_WARNING, "%s: %s", name_of(supervised),
                 event == EVENT_WATCHDOG ? "the watchdog has expired" : "not ready in time");
    run_unwatch(supervised);
    supervised->failed = true;
    steps_begin(&supervised->steps, schedule);
}

/* Nothing of a run in a PID namespace of its own outlives it, nor of one that did not begin. */
static int do_clean(struct supervised *supervised)
{
    if (supervised->ran_ms < 0 ||
        namespaces_have(supervised->service->isolation.unshared, NAMESPACE_PID))
        return EVENT_CLEAN;
    clearing_begin(&supervised->remains, &supervised->clean_by);
    return NO_EVENT;
}

static int do_delay(struct supervised *supervised)
{
    const struct restart *policy = &plan_of(supervised)->restart;
    uint32_t delay = restarts_next(&supervised->restarts, policy, supervised->ran_ms);
    bool is_bad = supervised->exit_code != 0;
    char buffer[32];
    struct text text = text_in(buffer, sizeof buffer);

    text_add_duration(&text, delay);
    log_line(is_bad ? LOG_WARNING : LOG_INFO, "%s: exit code %d, restart %u in %s",
             name_of(supervised), supervised->exit_code, supervised->restarts.count, buffer);
    if (delay == 0)
        return EVENT_DELAY_OVER;
    run_start_timer(supervised, &supervised->timer, delay);
    return NO_EVENT;
}

static void do_retire(struct supervised *supervised)
{
    run_unwatch(supervised);
    if (supervised->remains.begun)
        clearing_stop(&supervised->remains);
    supervised->supervisor->hooks->on_retire(supervised);
}

/* Returns the event that follows at once, or NO_EVENT. */
static int act(struct supervised *supervised, enum service_action action, enum service_event event)
{
    switch (action) {
    case DO_SPAWN:
        return do_spawn(supervised);
    case DO_ANNOUNCE:
        do_announce(supervised);
        break;
    case DO_STOP:
        do_stop(supervised);
        break;
    case DO_HURRY:
        do_hurry(supervised);
        break;
    case DO_END_RUN:
    case DO_ABORT_RUN:
        do_end_run(supervised, event);
        break;
    case DO_CLEAN:
        return do_clean(supervised);
    case DO_DELAY:
        return do_delay(supervised);
    case DO_RETIRE:
        do_retire(supervised);
        break;
    case DO_COMPLAIN:
        log_line(LOG_WARNING, "%s: fault in nsinit: '%s' while %s", name_of(supervised),
                 service_event_name(event), service_state_name(supervised->state));
        break;
    case DO_NOTHING:
    case SERVICE_ACTION_COUNT:
        break;
    }
    return NO_EVENT;
}

void supervise_event(struct supervised *supervised, enum service_event event)
{
    int next = (int)event;

    while (next != NO_EVENT) {
        struct transition transition =
            service_transition(supervised->state, (enum service_event)next);

        log_line(LOG_TRACE, "%s: %s in state %s", name_of(supervised),
                 service_event_name((enum service_event)next),
                 service_state_name(supervised->state));
        supervised->state = transition.next;
        next = act(supervised, transition.action, (enum service_event)next);
    }
}
