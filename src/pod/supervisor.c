/*
 * supervisor.c - services in operation: their beginning and end, and the news of the world, which
 * become events of the table of service/states.h
 */
#include "pod/supervisor.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "service/machine.h"
#include "service/health.h"
#include "pod/startup.h"
#include "pod/lent_namespaces.h"
#include "service/notify.h"
#include "logs/output.h"
#include "service/ready_fd.h"
#include "service/run.h"
#include "pod/shared_namespaces_private.h"
#include "service/signal.h"
#include "util/loop.h"
#include "util/time.h"
#include "util/log.h"

/* timeout(1)'s code: for a run that was ended for a failure, and itself says 0. */
enum { EXIT_FAILED_RUN = 124 };

/* How long nsinit's own end waits for a slow reader of the services' output. */
enum { LAST_OUTPUT_MS = 1000 };

/* ---- the world's news --------------------------------------------------------------------- */

/* The time to be ready, or the delay of a restart. */
static void on_timer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervised *supervised = watcher->data;

    (void)loop;
    (void)events;
    supervise_event(supervised,
                    supervised->state == SERVICE_WAITING ? EVENT_DELAY_OVER : EVENT_READY_TIMEOUT);
}

static void on_watchdog(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervised *supervised = watcher->data;

    (void)loop;
    (void)events;
    /* It may have said so in time, and nsinit not had the time to listen. */
    notify_hear(supervised, supervised->pid);
    if (!ev_is_active(watcher) && supervised->state == SERVICE_READY)
        supervise_event(supervised, EVENT_WATCHDOG);
}

static void on_step(void *whom, int signal_number)
{
    struct supervised *supervised = whom;

    if (supervised->remains.by == &supervised->steps)
        cleanup_step(&supervised->remains, signal_number);
    else
        send_step(supervised, signal_number);
}

/* A program that outlives its schedule is waited for. */
static void on_last_step_over(void *whom)
{
    struct supervised *supervised = whom;

    if (supervised->remains.by == &supervised->steps)
        cleanup_on_over(&supervised->remains);
}

static const struct stop_walk_hooks step_hooks = {on_step, on_last_step_over};

static void on_clean(struct cleanup *cleanup)
{
    /* The service is ours, whoever else may only look at it. */
    struct supervisor *supervisor = cleanup->supervisor;

    supervise_event(&supervisor->services[cleanup->service - supervisor->services], EVENT_CLEAN);
}

static void extend_timers(struct supervised *supervised, uint64_t microseconds)
{
    uint64_t milliseconds = microseconds / 1000;
    uint32_t most = milliseconds < UINT32_MAX ? (uint32_t)milliseconds : UINT32_MAX;

    if (supervised->state == SERVICE_STARTING)
        timer_extend(supervised->supervisor->loop, &supervised->timer, most);
    stop_walk_extend(&supervised->steps, most);
}

static void relay_with_files(struct supervised *supervised, const char *lines,
                             const struct relayed_files *files)
{
    if (supervised->supervisor->pod->file == NULL)
        notify_relay_send(&supervised->supervisor->relay, lines, files);
}

void supervise_relay(struct supervised *supervised, const char *lines)
{
    relay_with_files(supervised, lines, &RELAYED_NO_FILES);
}

static const char *const claim_names[] = {
    [CLAIMS_NOTHING] = "ready", [CLAIMS_RELOADING] = "reloading", [CLAIMS_STOPPING] = "stopping"};

static const enum event_kind claim_occurrences[] = {[CLAIMS_NOTHING] = EVENT_KIND_READY,
                                                    [CLAIMS_RELOADING] = EVENT_KIND_RELOAD,
                                                    [CLAIMS_STOPPING] = EVENT_KIND_STOP};

/* It reloads until it says that it is ready, and stops until it has ended. */
static void take_claim(struct supervised *supervised, const struct notify_message *notice)
{
    unsigned char before = supervised->claim;

    /* What nsinit ends is told to be stopping already. */
    if (supervised->state != SERVICE_STARTING && supervised->state != SERVICE_READY)
        return;
    if (notice->stopping)
        supervised->claim = CLAIMS_STOPPING;
    else if (notice->reloading)
        supervised->claim = CLAIMS_RELOADING;
    else if (notice->ready && before == CLAIMS_RELOADING)
        supervised->claim = CLAIMS_NOTHING;
    if (supervised->claim == before)
        return;
    log_line(LOG_INFO, "%s: %s", name_of(supervised), claim_names[supervised->claim]);
    event_tell(supervised, claim_occurrences[supervised->claim],
               supervised->claim == CLAIMS_STOPPING ? "program" : NULL, 0);
    supervised->supervisor->hooks->on_change(supervised->supervisor->owner, supervised);
}

void supervise_on_notice(struct supervised *supervised, const struct notify_message *notice,
                         const struct relayed_files *files)
{
    char buffer[NOTIFY_MESSAGE_SIZE + 1];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    struct notify_message relayed = *notice;
    uint64_t watchdog_ms = notice->watchdog_usec / 1000;
    bool has_watchdog = watchdog_ms > 0 && watchdog_ms <= UINT32_MAX;

    /* That is told by the table, when it is the first time. */
    relayed.ready = notice->ready && supervised->is_ready;
    notify_message_relay(&relayed, &text);
    relay_with_files(supervised, buffer, notice->stores_files ? files : &RELAYED_NO_FILES);
    if (notice->status != NULL) {
        log_line(LOG_INFO, "%s: status: %s", name_of(supervised), notice->status);
        event_tell(supervised, EVENT_KIND_STATUS, notice->status, 0);
    }
    take_claim(supervised, notice);
    if (notice->extend_usec != 0)
        extend_timers(supervised, notice->extend_usec);
    if (has_watchdog)
        supervised->listening->watchdog_ms = (uint32_t)watchdog_ms;
    if ((has_watchdog || notice->keep_alive) && supervised->state == SERVICE_READY)
        run_start_watchdog(supervised);
    if (notice->ready && plan_of(supervised)->notify)
        supervise_event(supervised, EVENT_READY);
    if (notice->trigger)
        supervise_event(supervised, EVENT_WATCHDOG);
}

/* To --report and nsctl: there was no run, but it has ended with a code. */
static void tell_failed_start(struct supervised *supervised, const struct error *error)
{
    char reason[sizeof error->subject + sizeof error->reason + 4];

    strbuf_set(reason, sizeof reason, "%s: %s", error->subject, error->reason);
    supervised->exit_code = supervised->supervisor->pod->error_codes[error->kind];
    supervised->has_ended = true;
    event_tell(supervised, EVENT_KIND_EXIT, reason, 0);
}

void supervise_on_start_failed(struct supervised *supervised, const struct error *error)
{
    const struct supervisor *supervisor = supervised->supervisor;
    struct error named = *error;

    if (supervisor->pod->file != NULL)
        error_name(&named, name_of(supervised));
    tell_failed_start(supervised, &named);
    if (supervisor->pod->file == NULL && supervised->started_ms == 0) {
        supervisor->hooks->on_start_failed(supervisor->owner, error);
        return;
    }
    log_error(LOG_WARNING, &named);
    stop_walk_end(&supervised->steps);
    supervise_event(supervised, machine_conclude(supervised));
}

/* A failed end is told, once: what is restarted or given up has a line of its own. Who ends by the
 * signal of a stop has not failed, unless it took a KILL. */
static enum log_level level_of_end(const struct supervised *supervised)
{
    int signal_number = supervised->steps.last_signal;
    bool is_stopped = supervised->state == SERVICE_STOPPING;

    if (supervised->supervisor->pod->file == NULL || supervised->exit_code == 0)
        return LOG_INFO;
    if (is_stopped)
        return supervised->exit_code == 128 + signal_number && signal_number != SIGKILL
                   ? LOG_INFO
                   : LOG_WARNING;
    return supervised->restarts.count > 0 || machine_outcome(supervised) == EVENT_ENDED_RESTART
               ? LOG_INFO
               : LOG_WARNING;
}

void supervise_on_program_end(void *owner, pid_t pid, int wait_status)
{
    struct supervised *supervised = owner;
    const struct supervisor *supervisor = supervised->supervisor;

    supervised->pid = 0;
    if (main_pid_goes_on(supervised, pid))
        return;
    cleanup_on_program_end(&supervised->remains);
    supervised->stopped_by = 0;
    supervised->ran_ms = (int64_t)(time_monotonic_ms() - supervised->started_ms);
    supervised->exit_code = service_exit_code(supervised->service, wait_status);
    notify_end(supervised, pid);
    main_pid_end(supervised);
    ready_fd_hear(supervised);
    ready_fd_end(supervised);
    lent_namespaces_forget(supervised);
    if (supervised->failed && supervised->exit_code == 0)
        supervised->exit_code = EXIT_FAILED_RUN;
    supervised->has_ended = true;
    if (!supervisor->is_inner)
        log_line(level_of_end(supervised), "%s: ended, exit code %d", name_of(supervised),
                 supervised->exit_code);
    event_tell(supervised, EVENT_KIND_EXIT, NULL, 0);
    if (supervisor->hooks->on_end(supervised, wait_status) &&
        machine_outcome(supervised) == EVENT_ENDED_RESTART)
        supervise_event(supervised, EVENT_STOP);
    run_unwatch(supervised);
    supervise_event(supervised, machine_conclude(supervised));
}

struct supervised *supervise_by_pid(struct supervisor *supervisor, pid_t pid)
{
    const struct child *child = children_find(&supervisor->children, pid);

    return child != NULL && child->on_end == supervise_on_program_end ? child->owner : NULL;
}

bool supervise_on_child(struct supervisor *supervisor, pid_t pid, int wait_status)
{
    const struct child *found = children_find(&supervisor->children, pid);
    struct child child;

    /* A setup may have told of it, and not been heard yet. */
    if (found == NULL && supervisor->setups != NULL) {
        setup_hear_all(supervisor, pid);
        found = children_find(&supervisor->children, pid);
    }
    if (found == NULL) {
        pid_list_remove(&supervisor->foreign_children, pid);
        return false;
    }
    /* It may start others, in the place of this one. */
    child = *found;
    children_remove(&supervisor->children, pid);
    child.on_end(child.owner, pid, wait_status);
    return true;
}

void supervise_on_reap(struct supervisor *supervisor, bool children_left)
{
    /* Remains of one of several are told by their group. */
    cleanup_on_reap(&supervisor->services->remains, children_left);
}

static bool may_restart(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (plan_of(&supervisor->services[i])->restart.policy != RESTART_NO)
            return true;
    return false;
}

bool supervise_keeps_files(const struct supervisor *supervisor)
{
    /* Those of a pod file have not begun yet, and their namespaces are held by files. */
    return supervisor->pod->file != NULL || supervisor->services->health != NULL ||
           may_restart(supervisor);
}

size_t supervise_own_files(const struct supervisor *supervisor, int *fds)
{
    const struct supervised *only = supervisor->services;
    size_t count = 0;

    fds[count++] = supervisor->relay.socket.fd;
    fds[count++] = only->remains.group.leader;
    fds[count++] = ev_is_active(&only->remains.member) ? only->remains.member.fd : -1;
    fds[count++] = main_pid_own_file(only);
    fds[count++] = only->guard.pid != 0 ? only->guard.fd : -1;
    if (only->listening != NULL) {
        fds[count++] = only->listening->link.fd;
        fds[count++] = only->listening->notify.fd;
        fds[count++] = only->listening->ready.fd;
        fds[count++] = only->listening->above_fd;
    }
    if (only->output != NULL)
        count += output_own_fds(only->output, fds + count);
    return count;
}

static bool is_silent(const struct listening *listening)
{
    return !ev_is_active(&listening->link) && !ev_is_active(&listening->ready) &&
           !ev_is_active(&listening->notify) && !timer_is_active(&listening->notify_rest) &&
           !timer_is_active(&listening->watchdog);
}

bool supervise_sets_up(const struct supervisor *supervisor)
{
    return supervisor->setups != NULL;
}

bool supervise_is_quiet(const struct supervisor *supervisor)
{
    const struct supervised *only = supervisor->services;

    return supervisor->setups == NULL && !ev_is_active(&supervisor->relay.socket) &&
           manager_is_quiet(&supervisor->manager) && !ev_is_active(&supervisor->launch.turn) &&
           !timer_is_active(&only->timer) && !timer_is_active(&only->steps.timer) &&
           (only->listening == NULL || is_silent(only->listening)) &&
           !timer_is_active(&only->remains.steps.timer) && !ev_is_active(&only->remains.member) &&
           (only->output == NULL || output_is_quiet(only->output)) &&
           (only->health == NULL || health_is_quiet(only->health));
}

/* ---- beginning and end -------------------------------------------------------------------- */

/* Whether something may be heard of it that is of interest to nsinit's own supervisor. */
static bool may_tell(const struct service *service)
{
    return supervision_awaits_readiness(&service->supervision) ||
           supervision_has_notify_socket(&service->supervision);
}

/* The first one's is not on the heap, which an nsinit with one service is not to touch:
 * init/loop_arena.h */
static struct listening *new_listening(bool is_first)
{
    static struct listening first;

    if (!is_first)
        return calloc(1, sizeof first);
    /* That of the outer nsinit, where this is an inner one. */
    first = (struct listening){0};
    return &first;
}

static enum log_format line_format(const struct pod *pod, const struct supervision *plan)
{
    return pod->log_format == LOG_PLAIN && plan->log_prefix == LOG_PREFIX_TIME ? LOG_TIME
                                                                               : pod->log_format;
}

static int init_service(struct supervisor *supervisor, struct supervised *supervised,
                        const struct service *service, struct error *error)
{
    const struct supervision *plan = &service->supervision;

    supervised->service = service;
    supervised->since_ms = time_monotonic_ms();
    supervised->supervisor = supervisor;
    stop_walk_init(&supervised->steps, supervisor->loop, &step_hooks, supervised);
    cleanup_init(&supervised->remains, supervisor, supervised, on_clean);
    timer_init(&supervised->timer, on_timer, supervised);
    if (may_tell(service) || namespaces_has_inner_init(&service->namespaces)) {
        supervised->listening = new_listening(supervised == supervisor->services);
        if (supervised->listening == NULL)
            return error_failed(error, "%s: memory", service->name);
        timer_init(&supervised->listening->watchdog, on_watchdog, supervised);
        ready_fd_take_above(supervised);
    }
    if (plan->health.command != NULL) {
        supervised->health = health_new(supervised);
        if (supervised->health == NULL)
            return error_failed(error, "%s: --health-cmd", service->name);
    }
    if (supervision_takes_output(plan)) {
        supervised->output =
            output_new(supervisor->loop, service->name, line_format(supervisor->pod, plan));
        if (supervised->output == NULL)
            return error_failed(error, "%s: --log-prefix", service->name);
    }
    return 0;
}

/* The only service of a command line that notifies has nsinit's watchdog for its own. */
static bool nobody_else_feeds(const struct pod *pod)
{
    return pod->file != NULL || (pod->service_count > 0 &&
                                 !supervision_has_notify_socket(&pod->services[0].supervision));
}

int supervise_init(struct supervisor *supervisor, struct supervised *services, struct error *error)
{
    const struct pod *pod = supervisor->pod;
    bool relays = pod->file != NULL || (pod->service_count > 0 && may_tell(&pod->services[0]));

    supervisor->services = services;
    supervisor->count = pod->service_count;
    for (size_t i = 0; i < pod->service_count; i++)
        if (init_service(supervisor, &services[i], &pod->services[i], error) < 0)
            return -1;
    notify_relay_init(&supervisor->relay, supervisor->loop, &supervisor->children,
                      relays ? getenv("NOTIFY_SOCKET") : NULL);
    manager_init(&supervisor->manager, &supervisor->relay, nobody_else_feeds(pod),
                 pod->file != NULL ? pod->service_count : 0);
    supervisor->context.unsets_watchdog = manager_feeds(&supervisor->manager);
    startup_init(supervisor);
    if (lent_namespaces_init(supervisor, error) < 0)
        return -1;
    /* What was there before the services is none of what they leave behind. */
    if ((may_restart(supervisor) || pod->control != NULL || relays) && children_any())
        (void)processes_children_of(getpid(), &supervisor->foreign_children);
    return 0;
}

void supervise_start(struct supervisor *supervisor)
{
    supervisor->shared = nsfds_none();
    if (supervisor->pod->sandbox != NULL)
        shared_namespaces_start(supervisor);
    else
        startup_begin(supervisor);
}

void supervise_stop(struct supervisor *supervisor)
{
    startup_request_end(supervisor);
}

/* What the drain cannot reach, a launcher's daemon, may need its network still. */
static bool leaves_nothing(const struct supervisor *supervisor, const struct service *service)
{
    return ns_set_has(service->namespaces.unshared, NAMESPACE_PID) ||
           (supervisor->adopts && supervisor->pod->drain.count > 0);
}

static void disconnect(struct supervisor *supervisor)
{
    const struct service *sandbox = supervisor->pod->sandbox;

    for (size_t i = 0; i < supervisor->count; i++)
        if (leaves_nothing(supervisor, supervisor->services[i].service))
            run_disconnect_last(&supervisor->services[i]);
        else
            run_await_disconnection(&supervisor->services[i]);
    if (sandbox != NULL && leaves_nothing(supervisor, sandbox))
        shared_namespaces_disconnect(supervisor);
}

void supervise_end(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->services[i].output != NULL)
            output_end(supervisor->services[i].output, LAST_OUTPUT_MS);
    if (!supervisor->is_inner)
        disconnect(supervisor);
}
