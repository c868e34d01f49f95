/*
 * machine.c - do what the table of states.h asks for
 */
#include "service/machine.h"

#include <signal.h>

#include "service/health.h"
#include "pod/startup.h"
#include "service/ready_fd.h"
#include "service/run.h"
#include "service/signal.h"
#include "pod/supervisor.h"
#include "util/loop.h"
#include "util/log.h"
#include "util/time.h"

/* Not an event of the table: nothing follows. */
enum { NO_EVENT = -1 };

/* The watchdog's: time for a core dump. */
static const struct stop_schedule abort_first = {
    .steps = {{SIGABRT, 10000}, {SIGKILL, WAIT_FOREVER}}, .count = 2};

enum service_event machine_outcome(const struct supervised *supervised)
{
    bool has_failed = supervised->failed || supervised->ran_ms < 0 || supervised->exit_code != 0;

    if (supervised->state == SERVICE_STOPPING && !supervised->supervisor->launch.is_ending &&
        (supervised->starts_again || supervised->is_kept_down))
        return EVENT_ENDED_BY_REQUEST;
    if (supervised->state == SERVICE_STOPPING ||
        !backoff_go_on(&supervised->restarts, &plan_of(supervised)->restart, has_failed))
        return EVENT_ENDED_FINALLY;
    return EVENT_ENDED_RESTART;
}

enum service_event machine_conclude(const struct supervised *supervised)
{
    enum service_event event = machine_outcome(supervised);

    if (event == EVENT_ENDED_FINALLY && supervised->state != SERVICE_STOPPING &&
        supervised->exit_code != 0 && supervised->restarts.count > 0)
        log_line(LOG_WARNING, "%s: exit code %d, given up after %u restarts", name_of(supervised),
                 supervised->exit_code, supervised->restarts.count);
    return event;
}

/* What says nothing of its readiness is ready at once, but for a step, which is so when it ends. */
static int do_begin(const struct supervised *supervised)
{
    return supervision_awaits_readiness(plan_of(supervised)) ||
                   supervised->service->type == SERVICE_ONESHOT
               ? NO_EVENT
               : EVENT_READY;
}

static void do_announce(struct supervised *supervised)
{
    struct ev_loop *loop = supervised->supervisor->loop;

    timer_stop(loop, &supervised->timer);
    supervised->is_ready = true;
    if (supervision_awaits_readiness(plan_of(supervised))) {
        log_line(LOG_INFO, "%s: ready", name_of(supervised));
        supervise_relay(supervised, "READY=1\n");
        ready_fd_tell_above(supervised);
        event_tell(supervised, EVENT_KIND_READY, NULL, 0);
    }
    run_start_watchdog(supervised);
    if (supervised->health != NULL)
        health_begin(supervised->health);
    startup_on_up(supervised);
}

static void do_stop(struct supervised *supervised)
{
    const struct stop_schedule *schedule = plan_of(supervised)->stop;

    /* There is no program yet that could be asked. */
    if (supervised->setup != NULL && !setup_may_run(supervised->setup)) {
        run_give_up_setup(supervised, 128 + SIGTERM);
        return;
    }

    /* Else the signal that asked for it is forwarded: that is the schedule. */
    if (supervised->supervisor->pod->file != NULL || supervised->starts_again ||
        supervised->is_kept_down)
        schedule = supervision_stop(plan_of(supervised));
    run_unwatch(supervised);
    supervise_relay(supervised, "STOPPING=1\n");
    event_tell(supervised, EVENT_KIND_STOP, NULL, 0);
    /* One that is failing is on its way out already, by a schedule of nsinit's own. */
    if (schedule != NULL)
        stop_walk_begin(&supervised->steps, schedule);
}

static void do_end_run(struct supervised *supervised, enum service_event event)
{
    const struct stop_schedule *schedule = supervision_stop(plan_of(supervised));

    if (event == EVENT_WATCHDOG)
        schedule = &abort_first;
    if (event != EVENT_UNHEALTHY)
        log_line(LOG_WARNING, "%s: %s", name_of(supervised),
                 event == EVENT_WATCHDOG ? "the watchdog has expired" : "not ready in time");
    event_tell(supervised, EVENT_KIND_STOP, service_event_name(event), 0);
    run_unwatch(supervised);
    supervised->failed = true;
    stop_walk_begin(&supervised->steps, schedule);
}

/* What a run has left behind goes as the service does, or as the pod's remains would. */
static const struct stop_schedule *clean_by(const struct supervised *supervised)
{
    static const struct stop_schedule by_default = {
        .steps = {{SIGTERM, 3000}, {SIGKILL, WAIT_FOREVER}}, .count = 2};
    const struct stop_schedule *drain = &supervised->supervisor->pod->drain;

    if (plan_of(supervised)->stop != NULL)
        return plan_of(supervised)->stop;
    return drain->count > 0 ? drain : &by_default;
}

/* A stop's schedule may say for how long a program is waited for; what it leaves behind has the
 * drain's, if that is the longest there is. */
static const struct stop_schedule *end_by(const struct supervised *supervised)
{
    const struct stop_schedule *stop = supervision_stop(plan_of(supervised));
    const struct stop_schedule_step *last = &stop->steps[stop->count - 1];

    if (stop->count == 0 || (last->wait_ms == WAIT_FOREVER && last->signal_number != SIGKILL))
        return &supervised->supervisor->pod->drain;
    return stop;
}

/* The schedule that was to end the program goes on for what it leaves behind. False: none does. */
static bool go_on_with_rest(struct supervised *supervised)
{
    struct stop_walk *steps = &supervised->steps;

    if (steps->schedule == &abort_first || !stop_walk_lead_to_the_end(steps))
        return false;
    /* Nothing of a run outlives it before the next one. */
    steps->until_gone = supervised->state == SERVICE_CLEANING;
    cleanup_go_on(&supervised->remains, steps, send_owed(supervised));
    return true;
}

/* Nothing of a run in a PID namespace of its own outlives it, nor of one that did not begin. */
static int do_clean(struct supervised *supervised)
{
    const struct supervisor *supervisor = supervised->supervisor;

    if (supervised->ran_ms < 0 ||
        ns_set_has(supervised->service->namespaces.unshared, NAMESPACE_PID))
        return EVENT_CLEAN;
    if (go_on_with_rest(supervised))
        return NO_EVENT;
    stop_walk_end(&supervised->steps);
    /* Alone it is followed by the drain, which comes to the same. */
    if (supervised->state == SERVICE_ENDING && supervisor->count == 1)
        return EVENT_CLEAN;
    cleanup_begin(&supervised->remains,
                  supervised->state == SERVICE_ENDING ? end_by(supervised) : clean_by(supervised));
    return NO_EVENT;
}

/* It was stopped by request: to be started again at once, or to stay down. */
static int go_on_by_request(struct supervised *supervised)
{
    if (!supervised->starts_again)
        return EVENT_STOP;
    supervised->starts_again = false;
    supervised->restarts = (struct backoff){0};
    return EVENT_DELAY_OVER;
}

static void tell_restart(const struct supervised *supervised, uint32_t delay)
{
    enum log_level level = supervised->exit_code != 0 ? LOG_WARNING : LOG_INFO;
    char buffer[32];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    event_tell(supervised, EVENT_KIND_RESTART, NULL, delay);
    time_add_duration(&text, delay);
    log_line(level, "%s: exit code %d, restart %u in %s", name_of(supervised),
             supervised->exit_code, supervised->restarts.count, buffer);
}

static int do_delay(struct supervised *supervised)
{
    const struct restart *policy = &plan_of(supervised)->restart;
    uint32_t delay;

    run_disconnect(supervised);
    if (supervised->starts_again || supervised->is_kept_down)
        return go_on_by_request(supervised);
    delay = backoff_next(&supervised->restarts, policy, supervised->ran_ms);
    tell_restart(supervised, delay);
    if (delay == 0)
        return EVENT_DELAY_OVER;
    timer_start(supervised->supervisor->loop, &supervised->timer, delay);
    return NO_EVENT;
}

static void do_retire(struct supervised *supervised)
{
    run_unwatch(supervised);
    cleanup_stop(&supervised->remains);
    stop_walk_end(&supervised->steps);
    startup_on_retire(supervised);
}

/* Returns the event that follows at once, or NO_EVENT. */
static int act(struct supervised *supervised, enum service_action action, enum service_event event)
{
    switch (action) {
    case DO_SPAWN:
        run_start(supervised);
        break;
    case DO_BEGIN:
        return do_begin(supervised);
    case DO_ANNOUNCE:
        do_announce(supervised);
        break;
    case DO_STOP:
        do_stop(supervised);
        break;
    case DO_HURRY:
        stop_walk_go_on(&supervised->steps);
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

static void enter_state(struct supervised *supervised, enum service_state next)
{
    bool was_active = supervised->state != SERVICE_DOWN || supervised->lingers;
    bool is_active = next != SERVICE_DOWN;

    supervised->lingers = false;
    if (next != supervised->state)
        supervised->since_ms = time_monotonic_ms();
    supervised->state = next;
    if (was_active != is_active)
        startup_on_active(supervised, is_active);
}

void supervise_event(struct supervised *supervised, enum service_event event)
{
    int next = (int)event;

    /* An action may have its outcome at once: it is dealt with when the action is over. */
    supervised->next_event = next;
    if (supervised->is_acting)
        return;
    supervised->is_acting = true;
    while (next != NO_EVENT) {
        struct transition transition =
            service_transition(supervised->state, (enum service_event)next);

        log_line(LOG_TRACE, "%s: %s in state %s", name_of(supervised),
                 service_event_name((enum service_event)next),
                 service_state_name(supervised->state));
        enter_state(supervised, transition.next);
        supervised->next_event = NO_EVENT;
        next = act(supervised, transition.action, (enum service_event)next);
        if (next == NO_EVENT)
            next = supervised->next_event;
    }
    supervised->is_acting = false;
    manager_on_change(&supervised->supervisor->manager, supervised);
    supervised->supervisor->hooks->on_change(supervised->supervisor->owner, supervised);
}
