/*
 * machine.c - the state machine: take an event, look up the table of states.h, carry out its action
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
#include "service/supervised.h"
#include "service/signal.h"
#include "util/log.h"
#include "util/loop.h"
#include "util/time.h"

/* No event follows; the table has no row for this value. */
enum { NO_EVENT = -1 };

/* The ABRT of an expired watchdog makes a core dump, which takes time. */
static const struct stop_schedule abort_first = {
    .steps = {{SIGABRT, 10000}, {SIGKILL, WAIT_FOREVER}}, .count = 2};

/* The run has ended, or could not start: warn if the restart policy gives up. */
static void conclude(struct supervised *supervised)
{
    enum service_event event = run_outcome(supervised);

    if (event == EVENT_ENDED_FINALLY && supervised->state != SERVICE_STOPPING &&
        supervised->exit_code != 0 && supervised->backoff.count > 0)
        log_line(LOG_WARNING, "%s: exit code %d, gave up after %u restarts", name_of(supervised),
                 supervised->exit_code, supervised->backoff.count);
    machine_on_event(supervised, event);
}

/* ---- the start ----------------------------------------------------------------------------- */

static void on_start_failed(struct supervised *supervised, const struct error *error)
{
    const struct service_common *common = supervised->common;
    struct error named = *error;

    if (common->pod->file != NULL)
        error_name(&named, name_of(supervised));
    run_fail(supervised, &named);
    if (common->pod->file == NULL && supervised->started_ms == 0) {
        common->hooks->on_start_failed(supervised, error);
        return;
    }
    log_error(LOG_WARNING, &named);
    stop_walk_end(&supervised->stop_walk);
    conclude(supervised);
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

/* A service without readiness notification is ready at once, a oneshot when it has ended. */
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

/* End a setup as if the signal had ended its program. */
static void give_up_setup(struct supervised *supervised, int signal_number)
{
    run_abandon_setup(supervised, 128 + signal_number);
    conclude(supervised);
}

static void do_stop(struct supervised *supervised)
{
    const struct stop_schedule *schedule = plan_of(supervised)->stop;

    /* Before the program runs nothing can handle a signal. */
    if (supervised->setup != NULL && !setup_may_run(supervised->setup)) {
        give_up_setup(supervised, SIGTERM);
        return;
    }
    /* Without a schedule the signal that asked nsinit to stop is forwarded (init/signals.c). */
    if (supervised->common->pod->file != NULL || supervised->starts_again ||
        supervised->is_kept_down)
        schedule = supervision_stop(plan_of(supervised));
    run_unwatch(supervised);
    notify_relay_lines(supervised, "STOPPING=1\n");
    event_emit(supervised, EVENT_KIND_STOP, NULL, 0);
    /* A failing run without a schedule is already being stopped by do_end_run. */
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
                 event == EVENT_WATCHDOG       ? "the watchdog has expired"
                 : event == EVENT_NETWORK_LOST ? "pasta has ended"
                                               : "not ready in time");
    event_emit(supervised, EVENT_KIND_STOP, service_event_name(event), 0);
    run_unwatch(supervised);
    supervised->failed = true;
    stop_walk_begin(&supervised->stop_walk, schedule);
}

/* Continue the schedule that has ended the program, for its leftovers. False without one. */
static bool continue_with_leftovers(struct supervised *supervised)
{
    struct stop_walk *walk = &supervised->stop_walk;

    if (walk->schedule == &abort_first || !stop_walk_will_end(walk))
        return false;
    /* The next run must not find processes of this one. */
    walk->until_gone = supervised->state == SERVICE_CLEANING;
    cleanup_continue(&supervised->cleanup, walk, supervised_pending_signal(supervised));
    return true;
}

/* A run leaves no process if it never began, or if its PID namespace has ended with it. */
static int do_clean(struct supervised *supervised)
{
    const struct service_common *common = supervised->common;

    if (supervised->ran_ms < 0 ||
        ns_set_has(supervised->service->namespaces.unshared, NAMESPACE_PID))
        return EVENT_CLEAN;
    if (continue_with_leftovers(supervised))
        return NO_EVENT;
    stop_walk_end(&supervised->stop_walk);
    /* The drain follows the end of a single service, and cleans up in its place. */
    if (supervised->state == SERVICE_ENDING && common->count == 1)
        return EVENT_CLEAN;
    cleanup_begin(&supervised->cleanup,
                  supervised->state == SERVICE_ENDING
                      ? stop_schedule_at_end(plan_of(supervised), &common->pod->drain)
                      : stop_schedule_between_runs(plan_of(supervised), &common->pod->drain));
    return NO_EVENT;
}

/* After a stop by request: start the service at once, or keep it down. */
static int continue_by_request(struct supervised *supervised)
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
        return continue_by_request(supervised);
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
    /* No process is left of a run whose PID namespace has ended: do_clean. */
    if (ns_set_has(supervised->service->namespaces.unshared, NAMESPACE_PID))
        run_disconnect(supervised);
    supervised->common->hooks->on_down(supervised);
}

/* Carry out the action. Returns the event that follows at once, or NO_EVENT. */
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
    case DO_WARN:
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

    /* An action that raises an event itself must have ended before the event is handled. */
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

void machine_on_program_end(void *owner, pid_t pid, int wait_status)
{
    struct supervised *supervised = owner;
    const struct service_common *common = supervised->common;

    supervised->pid = 0;
    /* A program may name its successor and end at once: read that message first. */
    notify_read(supervised, pid);
    if (main_pid_take_over(supervised, pid))
        return;
    run_end(supervised, pid, wait_status);
    if (common->hooks->on_end(supervised, wait_status) &&
        run_outcome(supervised) == EVENT_ENDED_RESTART)
        machine_on_event(supervised, EVENT_STOP);
    run_unwatch(supervised);
    conclude(supervised);
}

/*
 * After KILL: nsinit may not signal a program that has changed its user (EPERM), so it would wait
 * forever. Count the program as ended.
 */
static void leave_program(struct supervised *supervised)
{
    pid_t pid = supervised->pid;

    if (kill(pid, 0) == 0 || errno != EPERM)
        return;
    log_line(LOG_WARNING, "%s: kill %d: %m: left running", name_of(supervised), pid);
    children_remove(&supervised->common->children, pid);
    (void)pid_list_add(&supervised->common->foreign_children, pid);
    machine_on_program_end(supervised, pid, SIGKILL);
    /* The cleanup waits for a SIGCHLD, which no child will cause. */
    (void)kill(getpid(), SIGCHLD);
}

/* ---- timers and schedules ------------------------------------------------------------------- */

/* The timer runs for the readiness timeout, or for the delay of a restart. */
static void on_timer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervised *supervised = watcher->data;

    (void)loop;
    (void)events;
    machine_on_event(supervised,
                     supervised->state == SERVICE_WAITING ? EVENT_DELAY_OVER : EVENT_READY_TIMEOUT);
}

/* Signal a process that does not run its program yet. KILL gives it up, as a setup may hang. */
static void step_setup(struct supervised *supervised, int signal_number)
{
    if (signal_number == SIGKILL)
        give_up_setup(supervised, signal_number);
    else
        (void)supervised_signal(supervised, signal_number, NULL);
}

static void on_step(void *owner, int signal_number)
{
    struct supervised *supervised = owner;
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

/* The schedule ends for leftovers only: nsinit waits for a program however long it takes. */
static void on_last_step_over(void *owner)
{
    struct supervised *supervised = owner;

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
