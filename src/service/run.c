/*
 * run.c - one run of a service, from the setup of its process to the end of its program
 */
#include "service/run_private.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/devices.h"
#include "service/health.h"
#include "service/main_pid.h"
#include "service/notify_private.h"
#include "logs/output.h"
#include "service/ready_fd_private.h"
#include "service/signal.h"
#include "service/setup.h"
#include "service/supervised.h"
#include "util/loop.h"
#include "util/log.h"
#include "util/time.h"

/*
 * The exit code of a run that nsinit has ended for a failure although it exits with 0, as in
 * timeout(1).
 */
enum { EXIT_FAILED_RUN = 124 };

/* Open the terminal for the program's stdin, stdout and stderr, and for its session. */
static int open_tty(const char *path, struct spawn_context *context)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    for (int i = 0; i <= STDERR_FILENO; i++)
        context->stdio[i] = fd;
    context->stdio_belongs_to_client = true;
    context->terminal_fd = fd;
    return 0;
}

/* Open an empty file: /dev/null, or, if that is missing, a pipe without a writer. */
static int open_null(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int ends[2];

    if (fd >= 0)
        return fd;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    close(ends[1]);
    return ends[0];
}

/*
 * A service of a pod is never in the foreground of nsinit's terminal: reading from it, or setting
 * its modes, would stop the service forever.
 */
static int leave_terminal(const struct supervised *supervised, struct spawn_context *context)
{
    if (supervised->common->pod->file == NULL || supervised->service->tty != NULL)
        return 0;
    context->stdin_is_null = true;
    context->stdio[STDIN_FILENO] = open_null();
    if (context->placement == PLACEMENT_GROUP)
        context->placement = PLACEMENT_SESSION;
    return context->stdio[STDIN_FILENO] < 0 ? -1 : 0;
}

/* Remember the mounts and interfaces that a run makes outside: the next run replaces them. */
static int remember_outside(struct supervised *supervised, struct spawn_context *context)
{
    const struct namespaces *namespaces = &supervised->service->namespaces;

    if (namespaces->kept_at != NULL && supervised->persistent == NULL) {
        supervised->persistent = calloc(1, sizeof *supervised->persistent);
        if (supervised->persistent == NULL)
            return -1;
    }
    if (namespaces->veth_count > 0 && supervised->net_devices == NULL) {
        supervised->net_devices = net_devices_new(namespaces);
        if (supervised->net_devices == NULL)
            return -1;
    }
    root_files_make(&supervised->root_files, &namespaces->filesystem);
    context->persistent = supervised->persistent;
    context->net_devices = supervised->net_devices;
    return 0;
}

/* Fill in the context of the run. Returns 0, or -1 with `error` filled in. */
static int prepare_run(struct supervised *supervised, struct spawn_context *context,
                       struct error *error)
{
    const struct service_common *common = supervised->common;
    const struct supervision *plan = plan_of(supervised);

    if (children_reserve(&supervised->common->children) < 0)
        return error_failed(error, "%s: allocate memory", name_of(supervised));
    context->placement = supervised->service->placement;
    if (common->hooks->give_terminal(supervised, context, error) < 0)
        return -1;
    /* An inner init passes on the outer init's preparations. */
    if (common->is_inner)
        return 0;
    if (remember_outside(supervised, context) < 0)
        return error_failed(error, "%s: allocate memory", name_of(supervised));
    if (leave_terminal(supervised, context) < 0)
        return error_failed(error, "%s: open /dev/null", name_of(supervised));
    context->makes_notify_socket = supervision_has_notify_socket(plan);
    context->unsets_notify_socket = supervision_awaits_readiness(plan) || common->pod->file != NULL;
    context->watchdog_usec = (uint64_t)plan->watchdog_ms * 1000;
    if (supervised->service->tty != NULL) {
        if (open_tty(supervised->service->tty, context) < 0)
            return error_failed(error, "%s: --tty: open %s", name_of(supervised),
                                supervised->service->tty);
    } else if (supervised->output != NULL &&
               output_open_run(supervised->output, context->stdio + STDOUT_FILENO) < 0)
        return error_failed(error, "%s: --log-prefix: create pipe", name_of(supervised));
    if (plan->ready_fd != 0) {
        context->ready_fd = ready_fd_open(supervised);
        if (context->ready_fd < 0)
            return error_failed(error, "%s: --ready-fd: create pipe", name_of(supervised));
    }
    return 0;
}

/* After the start, which has passed the descriptors on or failed. */
static void close_passed_fds(const struct supervised *supervised,
                             const struct spawn_context *context)
{
    const int fds[] = {context->ready_fd, context->stdio[STDIN_FILENO],
                       context->stdio[STDOUT_FILENO], context->stdio[STDERR_FILENO]};
    /* A terminal is one descriptor for all three. */
    size_t count = supervised->service->tty != NULL ? 2 : 4;

    for (size_t i = 0; i < count && !supervised->common->is_inner; i++)
        if (fds[i] >= 0 && !(context->has_pty && fds[i] == context->terminal_fd))
            close(fds[i]);
}

static void on_pasta_end(void *owner, pid_t pid, int wait_status)
{
    struct supervised *supervised = owner;

    (void)pid;
    (void)wait_status;
    setup_stop_pasta(supervised->common, &supervised->pasta);
    if (supervised->pid != 0)
        supervised->machine->on_event(supervised, EVENT_NETWORK_LOST);
}

void run_begin(struct supervised *supervised, struct spawning *spawning)
{
    const struct supervision *plan = plan_of(supervised);
    int channel_fd = spawning->channel_fd;

    supervised->pid = spawning->pid;
    supervised->program = spawning->program;
    supervised->guard = spawning->guard;
    spawning->guard.pid = 0;
    children_add(&supervised->common->children, supervised->pid,
                 supervised->machine->on_program_end, supervised);
    setup_take_pasta(supervised->common, spawning, &supervised->pasta, on_pasta_end, supervised);
    supervised->common->hooks->hold_namespaces(supervised, &spawning->ns_fds);
    supervised->group = spawning->service.placement == PLACEMENT_INHERITED ? 0 : supervised->pid;
    cleanup_on_program(&supervised->cleanup);
    supervised->started_ms = time_monotonic_ms();
    supervised->failed = false;
    supervised->is_ready = false;
    supervised->claim = CLAIMS_NOTHING;
    if (supervised->listening != NULL)
        supervised->listening->watchdog_ms = plan->watchdog_ms;
    if (spawning->notify_fd >= 0)
        notify_begin(supervised, spawning->notify_fd, &spawning->notify_name);
    if (plan->ready_timeout_ms != 0)
        timer_start(supervised->common->loop, &supervised->timer, plan->ready_timeout_ms);
    ready_fd_begin(supervised);
    spawning->notify_fd = spawning->channel_fd = -1;
    supervised->common->hooks->on_start(supervised, channel_fd);
    supervised_send_earlier_steps(supervised);
    /* The outer nsinit logs it for an inner init. */
    if (!supervised->common->is_inner)
        log_line(LOG_INFO, "%s: started %s as %d", name_of(supervised),
                 supervised->service->arguments[0], supervised->program);
    event_emit(supervised, EVENT_KIND_START, NULL, 0);
}

static bool holds_any(const struct nsfds *held)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (held->fds[type] >= 0)
            return true;
    return false;
}

/*
 * Whether nsinit may wait for the execution. No service can slow down a first start in nsinit's own
 * namespaces and with its own credentials; all other starts are watched by the loop.
 */
static bool may_block(const struct supervised *supervised)
{
    const struct settings *settings = service_settings(supervised->service);

    if (supervised->common->is_inner)
        return true;
    return !supervised->has_begun && settings->user == NULL && settings->groups == NULL &&
           settings->workdir == NULL && !settings->has_capabilities &&
           supervised->service->tty == NULL;
}

/* Start the setup in new namespaces, and in those that the pod holds for the service. */
static int begin_setup(struct supervised *supervised, const struct spawn_context *context,
                       const struct setup_hooks *setup_hooks, struct error *error)
{
    const struct service_hooks *hooks = supervised->common->hooks;
    struct spawn_context joining = *context;
    struct nsfds held;
    struct service service = *supervised->service;

    if (hooks->namespaces_for(supervised, &held, error) < 0)
        return -1;
    if (holds_any(&held))
        joining.ns_to_join = &held;
    joining.ns_fds_wanted = hooks->namespaces_to_open(supervised);
    joining.may_block = may_block(supervised);
    service.namespaces.unshared = hooks->namespaces_to_make(supervised);
    service.placement = context->placement;
    /* A network namespace that was kept has its interfaces already. */
    if (service.namespaces.unshared != supervised->service->namespaces.unshared &&
        !ns_set_has(service.namespaces.unshared, NAMESPACE_NET)) {
        service.namespaces.veth_count = 0;
        service.namespaces.uses_pasta = false;
    }
    supervised->has_begun = true;
    setup_begin(&supervised->setup, supervised->common,
                &(struct setup_order){.service = &service,
                                      .context = &joining,
                                      .hooks = setup_hooks,
                                      .owner = supervised,
                                      .target = supervised});
    return 0;
}

int run_start(struct supervised *supervised, const struct setup_hooks *setup_hooks,
              struct error *error)
{
    struct spawn_context context = supervised->common->context;
    int result;

    supervised->ran_ms = -1;
    /* The ID of the last run's group may belong to another group by now. */
    supervised->group = 0;
    result = prepare_run(supervised, &context, error);
    if (result == 0)
        result = begin_setup(supervised, &context, setup_hooks, error);
    close_passed_fds(supervised, &context);
    return result;
}

void run_abandon_setup(struct supervised *supervised, int exit_code)
{
    setup_abandon(supervised->setup);
    ready_fd_end(supervised);
    stop_walk_end(&supervised->stop_walk);
    supervised->exit_code = exit_code;
    supervised->has_ended = true;
}

void run_fail(struct supervised *supervised, const struct error *error)
{
    char reason[sizeof error->subject + sizeof error->reason + 4];

    ready_fd_end(supervised);
    strbuf_set(reason, sizeof reason, "%s: %s", error->subject, error->reason);
    supervised->exit_code = supervised->common->pod->error_codes[error->kind];
    supervised->has_ended = true;
    event_emit(supervised, EVENT_KIND_EXIT, reason, 0);
}

enum service_event run_outcome(const struct supervised *supervised)
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

/*
 * A failure in a pod is a warning, but only once: a restart and giving up have lines of their own.
 * A service that ends by the signal of its stop has not failed, unless that was KILL.
 */
static enum log_level level_of_end(const struct supervised *supervised)
{
    int signal_number = supervised->stop_walk.last_signal;

    if (supervised->common->pod->file == NULL || supervised->exit_code == 0)
        return LOG_INFO;
    if (supervised->state == SERVICE_STOPPING)
        return supervised->exit_code == 128 + signal_number && signal_number != SIGKILL
                   ? LOG_INFO
                   : LOG_WARNING;
    return supervised->backoff.count > 0 || run_outcome(supervised) == EVENT_ENDED_RESTART
               ? LOG_INFO
               : LOG_WARNING;
}

/* A network namespace that other services have joined stays for the next run. */
static bool makes_network(const struct supervised *supervised)
{
    return ns_set_has(supervised->common->hooks->namespaces_to_make(supervised), NAMESPACE_NET);
}

void run_end(struct supervised *supervised, pid_t pid, int wait_status)
{
    cleanup_on_program_end(&supervised->cleanup);
    guard_stop(&supervised->guard);
    supervised->stopped_by = 0;
    supervised->ran_ms = (int64_t)(time_monotonic_ms() - supervised->started_ms);
    supervised->exit_code = service_exit_code(supervised->service, wait_status);
    notify_end(supervised, pid);
    main_pid_end(supervised);
    ready_fd_read(supervised);
    ready_fd_end(supervised);
    supervised->common->hooks->release_namespaces(supervised);
    if (makes_network(supervised))
        setup_stop_pasta(supervised->common, &supervised->pasta);
    if (supervised->failed && supervised->exit_code == 0)
        supervised->exit_code = EXIT_FAILED_RUN;
    supervised->has_ended = true;
    if (!supervised->common->is_inner)
        log_line(level_of_end(supervised), "%s: ended, exit code %d", name_of(supervised),
                 supervised->exit_code);
    event_emit(supervised, EVENT_KIND_EXIT, NULL, 0);
}

static void remove_devices(struct supervised *supervised)
{
    const struct namespaces *namespaces = &supervised->service->namespaces;

    /* A namespace kept at a path is for later use. */
    if (namespaces_kept_at(namespaces, NAMESPACE_NET) == NULL)
        net_devices_remove(supervised->net_devices);
}

void run_disconnect_last(struct supervised *supervised)
{
    const struct namespaces *namespaces = &supervised->service->namespaces;

    remove_devices(supervised);
    if (namespaces_kept_at(namespaces, NAMESPACE_MNT) == NULL)
        root_files_delete(&supervised->root_files);
}

void run_await_disconnection(const struct supervised *supervised)
{
    const struct namespaces *namespaces = &supervised->service->namespaces;

    if (namespaces_kept_at(namespaces, NAMESPACE_NET) == NULL)
        net_devices_leave(supervised->net_devices);
}

void run_disconnect(struct supervised *supervised)
{
    if (makes_network(supervised))
        remove_devices(supervised);
}

void run_unwatch(struct supervised *supervised)
{
    struct ev_loop *loop = supervised->common->loop;

    timer_stop(loop, &supervised->timer);
    if (supervised->listening != NULL)
        timer_stop(loop, &supervised->listening->watchdog);
    if (supervised->health != NULL)
        health_stop(supervised->health);
}
