/*
 * machine.c - do what the table of states.h asks for
 */
#include "service/machine.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "service/health.h"
#include "service/main_pid.h"
#include "service/notify_private.h"
#include "service/ready_fd_private.h"
#include "service/run_private.h"
#include "service/service.h"
#include "service/signal.h"
#include "util/log.h"
#include "util/loop.h"
#include "util/time.h"

/* Not an event of the table: nothing follows. */
enum { NO_EVENT = -1 };

/* The watchdog's: time for a core dump. */
static const struct stop_schedule abort_first = {
    .steps = {{SIGABRT, 10000}, {SIGKILL, WAIT_FOREVER}}, .count = 2};

/* The event by which a run's end, or a start that failed, is told to the table: by the restart
 * policy, and what the service has done. */
static enum service_event outcome_of(const struct supervised *supervised)
{
    bool has_failed = supervised->failed || supervised->ran_ms < 0 || supervised->exit_code != 0;

    if (supervised->state == SERVICE_STOPPING && !supervised->common->is_ending &&
        (supervised->starts_again || supervised->is_kept_down))
        return EVENT_ENDED_BY_REQUEST;
    if (supervised->state == SERVICE_STOPPING ||
        !backoff_allows_restart(&supervised->backoff, &plan_of(supervised)->restart, has_failed))
        return EVENT_ENDED_FINALLY;
    return EVENT_ENDED_RESTART;
}

/* The same, with a word to the user when the policy's patience is at its end. */
static enum service_event conclude(const struct supervised *supervised)
{
    enum service_event event = outcome_of(supervised);

    if (event == EVENT_ENDED_FINALLY && supervised->state != SERVICE_STOPPING &&
        supervised->exit_code != 0 && supervised->backoff.count > 0)
        log_line(LOG_WARNING, "%s: exit code %d, given up after %u restarts", name_of(supervised),
                 supervised->exit_code, supervised->backoff.count);
    return event;
}

/* ---- the start ----------------------------------------------------------------------------- */

/* To --report and nsctl: there was no run, but it has ended with a code. */
static void report_failed_start(struct supervised *supervised, const struct error *error)
{
    char reason[sizeof error->subject + sizeof error->reason + 4];

    strbuf_set(reason, sizeof reason, "%s: %s", error->subject, error->reason);
    supervised->exit_code = supervised->common->pod->error_codes[error->kind];
    supervised->has_ended = true;
    event_emit(supervised, EVENT_KIND_EXIT, reason, 0);
}

static void on_start_failed(struct supervised *supervised, const struct error *error)
{
    const struct service_common *common = supervised->common;
    struct error named = *error;

    ready_fd_end(supervised);
    if (common->pod->file != NULL)
        error_name(&named, name_of(supervised));
    report_failed_start(supervised, &named);
    if (common->pod->file == NULL && supervised->started_ms == 0) {
        common->hooks->on_start_failed(supervised, error);
        return;
    }
    log_error(LOG_WARNING, &named);
    stop_walk_end(&supervised->stop_walk);
    machine_on_event(supervised, conclude(supervised));
}

static void on_set_up(void *owner, struct spawning *spawning, enum spawn_outcome outcome)
{
    struct supervised *supervised = owner;

    if (outcome == SPAWN_STARTED) {
        run_begin(supervised, spawning);
        machine_on_event(supervised, EVENT_EXECUTED);
        return;
    }
    on_start_failed(supervised, &spawning->error);
}

static void become_inner(void *owner, const struct spawning *spawning)
{
    struct supervised *supervised = owner;

    supervised->common->hooks->become_inner(supervised, spawning);
}

static const struct setup_hooks setup_hooks = {on_set_up, become_inner};

/* ---- the actions ---------------------------------------------------------------------------- */

static void do_spawn(struct supervised *supervised)
{
    struct error error = {.kind = ERROR_FAILED};

    if (run_start(supervised, &setup_hooks, &error) < 0)
        on_start_failed(supervised, &error);
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
    struct ev_loop *loop = supervised->common->loop;

    timer_stop(loop, &supervised->timer);
    supervised->is_ready = true;
    if (supervision_awaits_readiness(plan_of(supervised))) {
        log_line(LOG_INFO, "%s: ready", name_of(supervised));
        notify_relay_lines(supervised, "READY=1\n");
        ready_fd_notify_parent(supervised);
        event_emit(supervised, EVENT_KIND_READY, NULL, 0);
    }
    notify_start_watchdog(supervised);
    if (supervised->health != NULL)
        health_begin(supervised->health);
    supervised->common->hooks->on_up(supervised);
}

/* The process is not wanted any more: as if the signal had ended it. */
static void give_up_setup(struct supervised *supervised, int signal_number)
{
    run_abandon_setup(supervised);
    supervised->exit_code = 128 + signal_number;
    supervised->has_ended = true;
    machine_on_event(supervised, conclude(supervised));
}

static void do_stop(struct supervised *supervised)
{
    const struct stop_schedule *schedule = plan_of(supervised)->stop;

    /* There is no program yet that could be asked. */
    if (supervised->setup != NULL && !setup_may_run(supervised->setup)) {
        give_up_setup(supervised, SIGTERM);
        return;
    }

    /* Else the signal that asked for it is forwarded: that is the schedule. */
    if (supervised->common->pod->file != NULL || supervised->starts_again ||
        supervised->is_kept_down)
        schedule = supervision_stop(plan_of(supervised));
    run_unwatch(supervised);
    notify_relay_lines(supervised, "STOPPING=1\n");
    event_emit(supervised, EVENT_KIND_STOP, NULL, 0);
    /* One that is failing is on its way out already, by a schedule of nsinit's own. */
    if (schedule != NULL)
        stop_walk_begin(&supervised->stop_walk, schedule);
}

static void do_end_run(struct supervised *supervised, enum service_event event)
{
    const struct stop_schedule *schedule = supervision_stop(plan_of(supervised));

    if (event == EVENT_WATCHDOG)
        schedule = &abort_first;
    if (event != EVENT_UNHEALTHY)
        log_line(LOG_WARNING, "%s: %s", name_of(supervised),
                 event == EVENT_WATCHDOG ? "the watchdog has expired" : "not ready in time");
    event_emit(supervised, EVENT_KIND_STOP, service_event_name(event), 0);
    run_unwatch(supervised);
    supervised->failed = true;
    stop_walk_begin(&supervised->stop_walk, schedule);
}

/* The schedule that was to end the program goes on for what it leaves behind. False: none does. */
static bool continue_with_leftovers(struct supervised *supervised)
{
    struct stop_walk *steps = &supervised->stop_walk;

    if (steps->schedule == &abort_first || !stop_walk_will_end(steps))
        return false;
    /* Nothing of a run outlives it before the next one. */
    steps->until_gone = supervised->state == SERVICE_CLEANING;
    cleanup_continue(&supervised->cleanup, steps, supervised_pending_signal(supervised));
    return true;
}

/* Nothing of a run in a PID namespace of its own outlives it, nor of one that did not begin. */
static int do_clean(struct supervised *supervised)
{
    const struct service_common *common = supervised->common;

    if (supervised->ran_ms < 0 ||
        ns_set_has(supervised->service->namespaces.unshared, NAMESPACE_PID))
        return EVENT_CLEAN;
    if (continue_with_leftovers(supervised))
        return NO_EVENT;
    stop_walk_end(&supervised->stop_walk);
    /* Alone it is followed by the drain, which comes to the same. */
    if (supervised->state == SERVICE_ENDING && common->count == 1)
        return EVENT_CLEAN;
    cleanup_begin(&supervised->cleanup,
                  supervised->state == SERVICE_ENDING
                      ? stop_schedule_at_end(plan_of(supervised), &common->pod->drain)
                      : stop_schedule_between_runs(plan_of(supervised), &common->pod->drain));
    return NO_EVENT;
}

/* It was stopped by request: to be started again at once, or to stay down. */
static int go_on_by_request(struct supervised *supervised)
{
    if (!supervised->starts_again)
        return EVENT_STOP;
    supervised->starts_again = false;
    supervised->backoff = (struct backoff){0};
    return EVENT_DELAY_OVER;
}

static void report_restart(const struct supervised *supervised, uint32_t delay)
{
    enum log_level level = supervised->exit_code != 0 ? LOG_WARNING : LOG_INFO;
    char buffer[32];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    event_emit(supervised, EVENT_KIND_RESTART, NULL, delay);
    time_add_duration(&text, delay);
    log_line(level, "%s: exit code %d, restart %u in %s", name_of(supervised),
             supervised->exit_code, supervised->backoff.count, buffer);
}

static int do_delay(struct supervised *supervised)
{
    const struct restart *policy = &plan_of(supervised)->restart;
    uint32_t delay;

    run_disconnect(supervised);
    if (supervised->starts_again || supervised->is_kept_down)
        return go_on_by_request(supervised);
    delay = backoff_next_delay(&supervised->backoff, policy, supervised->ran_ms);
    report_restart(supervised, delay);
    if (delay == 0)
        return EVENT_DELAY_OVER;
    timer_start(supervised->common->loop, &supervised->timer, delay);
    return NO_EVENT;
}

static void do_retire(struct supervised *supervised)
{
    run_unwatch(supervised);
    cleanup_stop(&supervised->cleanup);
    stop_walk_end(&supervised->stop_walk);
    supervised->common->hooks->on_down(supervised);
}

/* Returns the event that follows at once, or NO_EVENT. */
static int act(struct supervised *supervised, enum service_action action, enum service_event event)
{
    switch (action) {
    case DO_SPAWN:
        do_spawn(supervised);
        break;
    case DO_BEGIN:
        return do_begin(supervised);
    case DO_ANNOUNCE:
        do_announce(supervised);
        break;
    case DO_STOP:
        do_stop(supervised);
        break;
    case DO_SKIP_STEP:
        stop_walk_next(&supervised->stop_walk);
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
    bool was_active = supervised->state != SERVICE_DOWN;
    bool is_active = next != SERVICE_DOWN;

    if (next != supervised->state)
        supervised->since_ms = time_monotonic_ms();
    supervised->state = next;
    if (was_active != is_active)
        supervised->common->hooks->on_active(supervised, is_active);
}

void machine_on_event(struct supervised *supervised, enum service_event event)
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
    supervised->common->hooks->on_change(supervised);
}

/* ---- the end of a program ------------------------------------------------------------------- */

/* A failed end is told, once: what is restarted or given up has a line of its own. Who ends by the
 * signal of a stop has not failed, unless it took a KILL. */
static enum log_level level_of_end(const struct supervised *supervised)
{
    int signal_number = supervised->stop_walk.last_signal;
    bool is_stopped = supervised->state == SERVICE_STOPPING;

    if (supervised->common->pod->file == NULL || supervised->exit_code == 0)
        return LOG_INFO;
    if (is_stopped)
        return supervised->exit_code == 128 + signal_number && signal_number != SIGKILL
                   ? LOG_INFO
                   : LOG_WARNING;
    return supervised->backoff.count > 0 || outcome_of(supervised) == EVENT_ENDED_RESTART
               ? LOG_INFO
               : LOG_WARNING;
}

void machine_on_program_end(void *owner, pid_t pid, int wait_status)
{
    struct supervised *supervised = owner;
    const struct service_common *common = supervised->common;

    supervised->pid = 0;
    /* What starts its successor and ends at once has said so before. */
    notify_read(supervised, pid);
    if (main_pid_take_over(supervised, pid))
        return;
    run_end(supervised, pid, wait_status);
    if (!common->is_inner)
        log_line(level_of_end(supervised), "%s: ended, exit code %d", name_of(supervised),
                 supervised->exit_code);
    event_emit(supervised, EVENT_KIND_EXIT, NULL, 0);
    if (common->hooks->on_end(supervised, wait_status) &&
        outcome_of(supervised) == EVENT_ENDED_RESTART)
        machine_on_event(supervised, EVENT_STOP);
    run_unwatch(supervised);
    machine_on_event(supervised, conclude(supervised));
}

/* A program that runs as another user by now may be none of nsinit's to signal: it has no end that
 * could be waited for. */
static void leave_program(struct supervised *supervised)
{
    pid_t pid = supervised->pid;

    if (kill(pid, 0) == 0 || errno != EPERM)
        return;
    log_line(LOG_WARNING, "%s: kill %d: %m: left running", name_of(supervised), pid);
    children_remove(&supervised->common->children, pid);
    (void)pid_list_add(&supervised->common->foreign_children, pid);
    machine_on_program_end(supervised, pid, SIGKILL);
    /* What looks for the rest then waits for news about children. */
    (void)kill(getpid(), SIGCHLD);
}

/* ---- timers and schedules ------------------------------------------------------------------- */

/* The time to be ready, or the delay of a restart. */
static void on_timer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervised *supervised = watcher->data;

    (void)loop;
    (void)events;
    machine_on_event(supervised,
                     supervised->state == SERVICE_WAITING ? EVENT_DELAY_OVER : EVENT_READY_TIMEOUT);
}

/* A setup that hangs is not waited for: what KILL ends has ended. */
static void step_setup(struct supervised *supervised, int signal_number)
{
    if (signal_number == SIGKILL)
        give_up_setup(supervised, signal_number);
    else
        (void)supervised_signal(supervised, signal_number, NULL);
}

static void on_step(void *whom, int signal_number)
{
    struct supervised *supervised = whom;
    struct signal_name name;

    if (supervised->cleanup.walk == &supervised->stop_walk) {
        cleanup_step(&supervised->cleanup, signal_number);
        return;
    }
    if (supervised->pid == 0 && supervised->setup == NULL)
        return;
    if (signal_number != SIGCONT)
        log_line(LOG_INFO, "%s: stop: %s", name_of(supervised), signal_name(signal_number, &name));
    if (supervised->pid == 0) {
        step_setup(supervised, signal_number);
        return;
    }
    supervised_signal_step(supervised, signal_number);
    if (signal_number == SIGKILL)
        leave_program(supervised);
}

/* A program that outlives its schedule is waited for. */
static void on_last_step_over(void *whom)
{
    struct supervised *supervised = whom;

    if (supervised->cleanup.walk == &supervised->stop_walk)
        cleanup_on_over(&supervised->cleanup);
}

static void on_clean(struct cleanup *cleanup)
{
    machine_on_event(cleanup->service, EVENT_CLEAN);
}

void machine_init(struct supervised *supervised)
{
    static const struct machine_callbacks callbacks = {machine_on_event, machine_on_program_end};
    static const struct stop_walk_hooks step_hooks = {on_step, on_last_step_over};

    supervised->machine = &callbacks;
    supervised->since_ms = time_monotonic_ms();
    timer_init(&supervised->timer, on_timer, supervised);
    stop_walk_init(&supervised->stop_walk, supervised->common->loop, &step_hooks, supervised);
    cleanup_init(&supervised->cleanup, supervised->common, supervised, on_clean);
}
