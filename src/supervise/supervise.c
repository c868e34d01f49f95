/*
 * supervise.c - services in operation: what the table of states.h asks for is done here
 */
#include "supervise/supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "spawn/link.h"
#include "supervise/health.h"
#include "supervise/notify.h"
#include "supervise/output.h"
#include "supervise/readiness.h"
#include "util/log.h"

/* Not an event of the table: nothing follows. */
enum { NO_EVENT = -1 };

/* timeout(1)'s code: for a run that was ended for a failure, and itself says 0. */
enum { EXIT_FAILED_RUN = 124 };

/* How a run is ended where the user has said nothing: as docker stop does. */
static const struct schedule default_stop = {.steps = {{SIGTERM, 10000}, {SIGKILL, WAIT_FOREVER}},
                                             .count = 2};
/* The watchdog's: time for a core dump. */
static const struct schedule abort_first = {.steps = {{SIGABRT, 10000}, {SIGKILL, WAIT_FOREVER}},
                                            .count = 2};

/* How long nsinit's own end waits for a slow reader of the services' output. */
enum { LAST_OUTPUT_MS = 1000 };

uint64_t supervise_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static const struct supervision *plan_of(const struct supervised *supervised)
{
    return &supervised->service->supervision;
}

static const char *name_of(const struct supervised *supervised)
{
    return supervised->service->name;
}

/* ---- signals ------------------------------------------------------------------------------ */

/* As if the sender had queued it for `pid`: with its value, and in its name (sigqueue(3)). */
static int queue_signal(pid_t pid, int signal_number, const struct signalfd_siginfo *from)
{
    siginfo_t info;

    memset(&info, 0, sizeof info);
    info.si_signo = signal_number;
    info.si_code = SI_QUEUE;
    info.si_pid = (pid_t)from->ssi_pid;
    info.si_uid = from->ssi_uid;
    info.si_value.sival_ptr = (void *)(uintptr_t)from->ssi_ptr;
    return syscall(SYS_rt_sigqueueinfo, pid, signal_number, &info) < 0 ? -errno : 0;
}

/* kill(2) has no value to give to a group: each member gets its own. */
static int queue_to_group(pid_t group, int signal_number, const struct signalfd_siginfo *from)
{
    struct process_list list;
    int result = processes_read(&list);

    if (result < 0)
        return kill(-group, signal_number) < 0 ? -errno : 0;
    result = -ESRCH;
    for (size_t i = 0; i < list.count; i++)
        if (list.processes[i].group == group && list.processes[i].pid != getpid()) {
            int sent = queue_signal(list.processes[i].pid, signal_number, from);

            if (result != 0)
                result = sent;
        }
    processes_free(&list);
    return result;
}

int supervise_signal(const struct supervised *supervised, int signal_number,
                     const struct signalfd_siginfo *from)
{
    /* An inner init shares the program's group, and one that has an inner init leaves it to that.
     */
    pid_t group = supervised->supervisor->is_inner ? getpgrp() : supervised->group;
    bool to_group =
        supervised->service->forward_to_group && group != 0 && !ev_is_active(&supervised->link);

    if (from != NULL && from->ssi_code == SI_QUEUE)
        return to_group ? queue_to_group(group, signal_number, from)
                        : queue_signal(supervised->pid, signal_number, from);
    return kill(to_group ? -group : supervised->pid, signal_number) < 0 ? -errno : 0;
}

/* To each of its processes: the inner init knows them, else they are nsinit's descendants. */
static void signal_all(struct supervised *supervised, int signal_number)
{
    const struct supervisor *supervisor = supervised->supervisor;

    if (ev_is_active(&supervised->link)) {
        /* KILL ends the inner init, and with it the namespace: pid_namespaces(7). */
        if (signal_number == SIGKILL)
            (void)kill(supervised->pid, signal_number);
        else
            link_tell(supervised->link.fd, LINK_SIGNAL, signal_number, NULL);
        return;
    }
    if (supervisor->adopts) {
        clearing_signal(&supervised->remains, signal_number);
        return;
    }
    (void)processes_signal_descendants(supervised->pid, &(struct pid_list){0}, signal_number);
    (void)supervise_signal(supervised, signal_number, NULL);
}

/* A step of a stop schedule. */
static void send_step(void *whom, int signal_number)
{
    struct supervised *supervised = whom;
    struct signal_name name;

    if (supervised->pid == 0)
        return;
    if (signal_number != SIGCONT && log_shows(LOG_INFO))
        log_line(LOG_INFO, "%s: stop: %s", name_of(supervised), signal_name(signal_number, &name));
    if (signal_number == SIGCONT)
        supervised->stopped_by = 0;
    if (plan_of(supervised)->stop_all)
        signal_all(supervised, signal_number);
    else
        (void)supervise_signal(supervised, signal_number, NULL);
}

/* ---- a run -------------------------------------------------------------------------------- */

static void start_timer(struct supervised *supervised, struct ev_timer *timer,
                        uint32_t milliseconds)
{
    struct ev_loop *loop = supervised->supervisor->loop;

    ev_timer_stop(loop, timer);
    ev_now_update(loop);
    ev_timer_set(timer, milliseconds / 1000., 0.);
    ev_timer_start(loop, timer);
}

/* An attempt of nsinit's own that failed, with errno. */
static int failed(const struct supervised *supervised, const char *attempt, struct error *error)
{
    error_subject(error, "%s: %s", name_of(supervised), attempt);
    return error_reason(error, ERROR_FAILED, "%m");
}

/* What this run gets besides its plan. 0, or -1 with `error` filled in. */
static int prepare_run(struct supervised *supervised, struct spawn_context *context,
                       struct error *error)
{
    const struct supervisor *supervisor = supervised->supervisor;
    const struct supervision *plan = plan_of(supervised);

    /* What an inner init passes on has come from outside. */
    if (supervisor->is_inner)
        return 0;
    context->terminal_fd = supervisor->hooks->give_terminal(supervisor->owner);
    context->makes_notify_socket = supervision_has_notify_socket(plan);
    context->hides_notify_socket = supervision_awaits_readiness(plan);
    context->watchdog_usec = (uint64_t)plan->watchdog_ms * 1000;
    for (int i = 0; i < 2 && supervised->output != NULL; i++)
        context->output_fds[i] = output_fd(supervised->output, STDOUT_FILENO + i);
    if (plan->ready_fd != 0) {
        context->ready_fd = readiness_open(supervised);
        if (context->ready_fd < 0)
            return failed(supervised, "--ready-fd", error);
    }
    return 0;
}

/* The program runs: listen to it. */
static void begin_run(struct supervised *supervised, const struct spawned *spawned)
{
    const struct supervision *plan = plan_of(supervised);

    supervised->pid = spawned->pid;
    supervised->group = supervised->service->placement == PLACEMENT_INHERITED ? 0 : supervised->pid;
    supervised->started_ms = supervise_now_ms();
    supervised->failed = false;
    supervised->is_ready = false;
    supervised->watchdog_ms = plan->watchdog_ms;
    if (spawned->notify_fd >= 0)
        notify_begin(supervised, spawned->notify_fd);
    if (supervised->ready.data != NULL)
        readiness_begin(supervised);
    if (plan->ready_timeout_ms != 0)
        start_timer(supervised, &supervised->timer, plan->ready_timeout_ms);
    supervised->supervisor->hooks->on_start(supervised, spawned->link_fd);
    log_line(LOG_INFO, "%s: started %s as %d", name_of(supervised),
             supervised->service->arguments[0], supervised->pid);
}

static int start_run(struct supervised *supervised, struct error *error)
{
    struct supervisor *supervisor = supervised->supervisor;
    struct spawn_context context = supervisor->context;
    struct spawned spawned = {.notify_fd = -1};
    int result = prepare_run(supervised, &context, error);

    supervised->ran_ms = -1;
    if (result == 0)
        result = spawn_service(supervised->service, &context, &spawned, error);
    if (result == 1)
        supervisor->hooks->become_inner(supervised, &context, &spawned);
    if (context.ready_fd >= 0 && !supervisor->is_inner)
        close(context.ready_fd);
    if (result < 0) {
        readiness_end(supervised);
        return -1;
    }
    begin_run(supervised, &spawned);
    return 0;
}

/* It is being ended, or has ended: nothing is expected of it any more. */
static void stop_watching(struct supervised *supervised)
{
    struct ev_loop *loop = supervised->supervisor->loop;

    ev_timer_stop(loop, &supervised->timer);
    ev_timer_stop(loop, &supervised->watchdog);
    if (supervised->health != NULL)
        health_stop(supervised->health);
}

/* ---- what the table asks for -------------------------------------------------------------- */

/* The event by which a run's end is told to the table. */
static enum service_event outcome(const struct supervised *supervised)
{
    bool has_failed = supervised->failed || supervised->ran_ms < 0 || supervised->exit_code != 0;

    if (supervised->state == SERVICE_STOPPING ||
        !restarts_go_on(&supervised->restarts, &plan_of(supervised)->restart, has_failed))
        return EVENT_ENDED_FINALLY;
    return EVENT_ENDED_RESTART;
}

/* The same, with a word to the user when the policy's patience is at its end. */
static enum service_event conclude(const struct supervised *supervised)
{
    enum service_event event = outcome(supervised);

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

    if (start_run(supervised, &error) == 0)
        return supervision_awaits_readiness(plan_of(supervised)) ? NO_EVENT : EVENT_READY;
    log_line(LOG_WARNING, "%s%s%s%s%s", error.subject, error.subject[0] != '\0' ? ": " : "",
             error.reason, error.hint[0] != '\0' ? "\n  hint: " : "", error.hint);
    supervised->exit_code = supervised->supervisor->pod->error_codes[error.kind];
    return (int)conclude(supervised);
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
        start_timer(supervised, &supervised->watchdog, supervised->watchdog_ms);
    if (supervised->health != NULL)
        health_begin(supervised->health);
}

static void do_stop(struct supervised *supervised)
{
    const struct schedule *schedule = &plan_of(supervised)->stop;

    stop_watching(supervised);
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
    stop_watching(supervised);
    supervised->failed = true;
    steps_begin(&supervised->steps, schedule);
}

/* Nothing of a run in a PID namespace of its own outlives it. */
static int do_clean(struct supervised *supervised)
{
    if (namespaces_have(supervised->service->isolation.unshared, NAMESPACE_PID))
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
    start_timer(supervised, &supervised->timer, delay);
    return NO_EVENT;
}

static void do_retire(struct supervised *supervised)
{
    stop_watching(supervised);
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

/* ---- the world's news --------------------------------------------------------------------- */

static bool any_child(void)
{
    siginfo_t info;

    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* The time to be ready, or the delay of a restart. */
static void on_timer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervised *supervised = watcher->data;

    (void)loop;
    (void)events;
    supervise_event(supervised,
                    supervised->state == SERVICE_WAITING ? EVENT_DELAY_OVER : EVENT_READY_TIMEOUT);
    /* One that could not be started leaves nothing behind, and no child to tell so. */
    if (supervised->state == SERVICE_CLEANING)
        clearing_on_reap(&supervised->remains, any_child());
}

static void on_watchdog(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervised *supervised = watcher->data;

    (void)loop;
    (void)events;
    /* It may have said so in time, and nsinit not had the time to listen. */
    notify_hear(supervised);
    if (!ev_is_active(watcher) && supervised->state == SERVICE_READY)
        supervise_event(supervised, EVENT_WATCHDOG);
}

static void on_clean(struct clearing *clearing)
{
    /* The service is ours, whoever else may only look at it. */
    struct supervisor *supervisor = clearing->supervisor;

    supervise_event(&supervisor->services[clearing->service - supervisor->services], EVENT_CLEAN);
}

static void extend_timers(struct supervised *supervised, uint64_t microseconds)
{
    uint64_t milliseconds = microseconds / 1000;
    uint32_t most = milliseconds < UINT32_MAX ? (uint32_t)milliseconds : UINT32_MAX;

    if (supervised->state == SERVICE_STARTING && ev_is_active(&supervised->timer) &&
        ev_timer_remaining(supervised->supervisor->loop, &supervised->timer) < most / 1000.)
        start_timer(supervised, &supervised->timer, most);
    steps_extend(&supervised->steps, most);
}

static void keep_alive(struct supervised *supervised)
{
    if (supervised->state == SERVICE_READY && supervised->watchdog_ms != 0)
        start_timer(supervised, &supervised->watchdog, supervised->watchdog_ms);
}

void supervise_on_notice(struct supervised *supervised, const struct notice *notice)
{
    char buffer[NOTICE_SIZE];
    struct text text = text_in(buffer, sizeof buffer);
    struct notice relayed = *notice;

    /* That is told by the table, when it is the first time. */
    relayed.ready = notice->ready && supervised->is_ready;
    notice_relay(&relayed, &text);
    relay_send(&supervised->supervisor->relay, buffer);
    if (notice->status != NULL)
        log_line(LOG_INFO, "%s: status: %s", name_of(supervised), notice->status);
    if (notice->reloading)
        log_line(LOG_INFO, "%s: reloading", name_of(supervised));
    if (notice->extend_usec != 0)
        extend_timers(supervised, notice->extend_usec);
    if (notice->watchdog_usec >= 1000 && notice->watchdog_usec / 1000 <= UINT32_MAX) {
        supervised->watchdog_ms = (uint32_t)(notice->watchdog_usec / 1000);
        keep_alive(supervised);
    }
    if (notice->keep_alive)
        keep_alive(supervised);
    if (notice->ready && plan_of(supervised)->notify)
        supervise_event(supervised, EVENT_READY);
    if (notice->trigger)
        supervise_event(supervised, EVENT_WATCHDOG);
}

/* ^C and ^\ at the terminal are for nsinit as much as for the program that had its foreground. */
static bool was_interrupted(int exit_code)
{
    return exit_code == 128 + SIGINT || exit_code == 128 + SIGQUIT;
}

static void on_program_end(struct supervised *supervised, int wait_status)
{
    const struct supervisor *supervisor = supervised->supervisor;
    pid_t pid = supervised->pid;

    supervised->pid = 0;
    supervised->stopped_by = 0;
    supervised->ran_ms = (int64_t)(supervise_now_ms() - supervised->started_ms);
    supervised->exit_code = service_exit_code(supervised->service, wait_status);
    notify_end(supervised, pid);
    readiness_end(supervised);
    if (supervised->failed && supervised->exit_code == 0)
        supervised->exit_code = EXIT_FAILED_RUN;
    log_line(LOG_INFO, "%s: ended, exit code %d", name_of(supervised), supervised->exit_code);
    if (supervisor->hooks->on_end(supervised) && was_interrupted(supervised->exit_code) &&
        outcome(supervised) == EVENT_ENDED_RESTART)
        supervise_event(supervised, EVENT_STOP);
    stop_watching(supervised);
    steps_end(&supervised->steps);
    if (supervised->output != NULL)
        output_end_run(supervised->output);
    supervise_event(supervised, conclude(supervised));
}

struct supervised *supervise_by_pid(struct supervisor *supervisor, pid_t pid)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->services[i].pid == pid)
            return &supervisor->services[i];
    return NULL;
}

bool supervise_on_child(struct supervisor *supervisor, pid_t pid, int wait_status)
{
    struct supervised *supervised = supervise_by_pid(supervisor, pid);

    if (supervised != NULL) {
        on_program_end(supervised, wait_status);
        return true;
    }
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->services[i].health != NULL &&
            health_on_child(supervisor->services[i].health, pid, wait_status))
            return true;
    return false;
}

void supervise_on_reap(struct supervisor *supervisor, bool children_left)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->services[i].remains.begun)
            clearing_on_reap(&supervisor->services[i].remains, children_left);
}

bool supervise_any_active(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->services[i].state != SERVICE_DOWN)
            return true;
    return false;
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
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->services[i].health != NULL)
            return true;
    return may_restart(supervisor);
}

size_t supervise_own_files(const struct supervised *supervised, int *fds)
{
    const struct ev_io *watchers[] = {&supervised->link, &supervised->notify, &supervised->ready};
    size_t count = 0;

    for (size_t i = 0; i < sizeof watchers / sizeof watchers[0]; i++)
        if (ev_is_active(watchers[i]))
            fds[count++] = watchers[i]->fd;
    if (supervised->output != NULL)
        count += output_own_fds(supervised->output, fds + count);
    return count;
}

static bool is_quiet(const struct supervised *supervised)
{
    return !ev_is_active(&supervised->timer) && !ev_is_active(&supervised->watchdog) &&
           !ev_is_active(&supervised->steps.timer) && !ev_is_active(&supervised->ready) &&
           !ev_is_active(&supervised->notify) && !ev_is_active(&supervised->link) &&
           !ev_is_active(&supervised->remains.steps.timer) &&
           !ev_is_active(&supervised->remains.member) && supervised->output == NULL &&
           (supervised->health == NULL || health_is_quiet(supervised->health));
}

bool supervise_is_quiet(const struct supervisor *supervisor)
{
    if (ev_is_active(&supervisor->relay.socket))
        return false;
    for (size_t i = 0; i < supervisor->count; i++)
        if (!is_quiet(&supervisor->services[i]))
            return false;
    return true;
}

/* ---- beginning and end -------------------------------------------------------------------- */

static int init_service(struct supervisor *supervisor, struct supervised *supervised,
                        const struct service *service, struct error *error)
{
    static const struct schedule clean_default = {
        .steps = {{SIGTERM, 3000}, {SIGKILL, WAIT_FOREVER}}, .count = 2};
    const struct supervision *plan = &service->supervision;

    supervised->service = service;
    supervised->supervisor = supervisor;
    supervised->clean_by = schedule_until_gone(
        plan->stop.count > 0 ? &plan->stop : &supervisor->pod->drain, &clean_default);
    steps_init(&supervised->steps, supervisor->loop, send_step, NULL, supervised);
    clearing_init(&supervised->remains, supervisor, supervised, service->name, on_clean);
    ev_init(&supervised->timer, on_timer);
    supervised->timer.data = supervised;
    ev_init(&supervised->watchdog, on_watchdog);
    supervised->watchdog.data = supervised;
    if (plan->health.command != NULL) {
        supervised->health = health_new(supervised);
        if (supervised->health == NULL)
            return failed(supervised, "--health-cmd", error);
    }
    if (plan->log_prefix != LOG_PREFIX_NONE) {
        supervised->output =
            output_open(supervisor->loop, service->name, plan->log_prefix == LOG_PREFIX_TIME);
        if (supervised->output == NULL)
            return failed(supervised, "--log-prefix", error);
    }
    return 0;
}

int supervise_init(struct supervisor *supervisor, struct supervised *services, struct error *error)
{
    const struct pod *pod = supervisor->pod;
    bool relays = false;

    supervisor->services = services;
    supervisor->count = pod->service_count;
    for (size_t i = 0; i < pod->service_count; i++) {
        if (init_service(supervisor, &services[i], &pod->services[i], error) < 0)
            return -1;
        relays = relays || supervision_awaits_readiness(&pod->services[i].supervision) ||
                 supervision_has_notify_socket(&pod->services[i].supervision);
    }
    relay_init(&supervisor->relay, supervisor->loop, relays ? getenv("NOTIFY_SOCKET") : NULL);
    /* What was there before the services is none of what they leave behind. */
    if (may_restart(supervisor) && any_child())
        (void)processes_children_of(getpid(), &supervisor->strangers);
    return 0;
}

int supervise_start(struct supervised *supervised, struct error *error)
{
    supervised->state = service_transition(SERVICE_DOWN, EVENT_START).next;
    if (start_run(supervised, error) < 0) {
        supervised->state = SERVICE_DOWN;
        return -1;
    }
    if (!supervision_awaits_readiness(plan_of(supervised)))
        supervise_event(supervised, EVENT_READY);
    return 0;
}

void supervise_stop(struct supervised *supervised)
{
    supervise_event(supervised, EVENT_STOP);
}

void supervise_end(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->services[i].output != NULL) {
            output_close(supervisor->services[i].output, LAST_OUTPUT_MS);
            supervisor->services[i].output = NULL;
        }
}
