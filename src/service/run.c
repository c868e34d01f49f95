/*
 * run.c - one run of a service: from the start of its program until nothing is expected of it
 */
#include "service/run_private.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/veth.h"
#include "service/health.h"
#include "service/main_pid.h"
#include "service/notify_private.h"
#include "logs/output.h"
#include "service/ready_fd_private.h"
#include "service/signal.h"
#include "service/setup.h"
#include "service/service.h"
#include "util/loop.h"
#include "util/log.h"
#include "util/time.h"

/* timeout(1)'s code: for a run that was ended for a failure, and itself says 0. */
enum { EXIT_FAILED_RUN = 124 };

/* The program's stdin, stdout and stderr, and the terminal of its session. */
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

/* A file that is empty. Without /dev/null it is a pipe that nobody writes to. */
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
 * Several services have no keys of nsinit's terminal, be it in its foreground or not: one that
 * read from it, or set its modes, would be stopped for ever.
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

/* What one run has mounted or connected outside, the next one replaces. */
static int remember_outside(struct supervised *supervised, struct spawn_context *context)
{
    const struct namespaces *namespaces = &supervised->service->namespaces;

    if (namespaces->kept_at != NULL && supervised->persistent == NULL) {
        supervised->persistent = calloc(1, sizeof *supervised->persistent);
        if (supervised->persistent == NULL)
            return -1;
    }
    if (namespaces->veth_count > 0 && supervised->veth_indexes == NULL) {
        supervised->veth_indexes = calloc(namespaces->veth_count, sizeof *supervised->veth_indexes);
        if (supervised->veth_indexes == NULL)
            return -1;
    }
    context->persistent = supervised->persistent;
    context->veth_indexes = supervised->veth_indexes;
    return 0;
}

/* What this run gets besides its plan. 0, or -1 with `error` filled in. */
static int prepare_run(struct supervised *supervised, struct spawn_context *context,
                       struct error *error)
{
    const struct service_common *common = supervised->common;
    const struct supervision *plan = plan_of(supervised);

    if (children_reserve(&supervised->common->children) < 0)
        return error_failed(error, "%s: memory", name_of(supervised));
    context->placement = supervised->service->placement;
    if (common->hooks->give_terminal(supervised, context, error) < 0)
        return -1;
    /* What else an inner init passes on has come from outside. */
    if (common->is_inner)
        return 0;
    if (remember_outside(supervised, context) < 0)
        return error_failed(error, "%s: memory", name_of(supervised));
    if (leave_terminal(supervised, context) < 0)
        return error_failed(error, "%s: /dev/null", name_of(supervised));
    context->makes_notify_socket = supervision_has_notify_socket(plan);
    context->unsets_notify_socket = supervision_awaits_readiness(plan) || common->pod->file != NULL;
    context->watchdog_usec = (uint64_t)plan->watchdog_ms * 1000;
    if (supervised->service->tty != NULL) {
        if (open_tty(supervised->service->tty, context) < 0)
            return error_failed(error, "%s: --tty %s", name_of(supervised),
                                supervised->service->tty);
    } else if (supervised->output != NULL &&
               output_open_run(supervised->output, context->stdio + STDOUT_FILENO) < 0)
        return error_failed(error, "%s: --log-prefix", name_of(supervised));
    if (plan->ready_fd != 0) {
        context->ready_fd = ready_fd_open(supervised);
        if (context->ready_fd < 0)
            return error_failed(error, "%s: --ready-fd", name_of(supervised));
    }
    return 0;
}

/* The service has them now, or there is no service. */
static void close_given(const struct supervised *supervised, const struct spawn_context *context)
{
    const int fds[] = {context->ready_fd, context->stdio[STDIN_FILENO],
                       context->stdio[STDOUT_FILENO], context->stdio[STDERR_FILENO]};
    /* A terminal is the same one for all three. */
    size_t count = supervised->service->tty != NULL ? 2 : 4;

    for (size_t i = 0; i < count && !supervised->common->is_inner; i++)
        if (fds[i] >= 0 && !(context->has_pty && fds[i] == context->terminal_fd))
            close(fds[i]);
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
    /* An inner init's outer one says it. */
    if (!supervised->common->is_inner)
        log_line(LOG_INFO, "%s: started %s as %d", name_of(supervised),
                 supervised->service->arguments[0], supervised->program);
    event_emit(supervised, EVENT_KIND_START, NULL, 0);
}

static bool gives_any(const struct nsfds *given)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (given->fds[type] >= 0)
            return true;
    return false;
}

/*
 * Nothing that a service does can slow down the first start of one that lives where nsinit does, as
 * nsinit: of all other starts nsinit hears by the loop.
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

/* New ones, but for those it has kept, in those of the pod and of other services. */
static int spawn_in_its_namespaces(struct supervised *supervised, struct spawn_context *context,
                                   const struct setup_hooks *setup_hooks, struct error *error)
{
    const struct service_hooks *hooks = supervised->common->hooks;
    struct nsfds held;
    struct service service = *supervised->service;

    if (hooks->namespaces_for(supervised, &held, error) < 0)
        return -1;
    if (gives_any(&held))
        context->ns_to_join = &held;
    context->ns_fds_wanted = hooks->namespaces_to_open(supervised);
    context->may_block = may_block(supervised);
    service.namespaces.unshared = hooks->namespaces_to_make(supervised);
    service.placement = context->placement;
    /* One that it has kept is connected already. */
    if (service.namespaces.unshared != supervised->service->namespaces.unshared &&
        !ns_set_has(service.namespaces.unshared, NAMESPACE_NET))
        service.namespaces.veth_count = 0;
    supervised->has_begun = true;
    setup_begin(&supervised->setup, supervised->common,
                &(struct setup_order){.service = &service,
                                      .context = context,
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
    /* That of the last run is nobody's any more. */
    supervised->group = 0;
    result = prepare_run(supervised, &context, error);
    if (result == 0)
        result = spawn_in_its_namespaces(supervised, &context, setup_hooks, error);
    close_given(supervised, &context);
    return result;
}

void run_abandon_setup(struct supervised *supervised)
{
    setup_abandon(supervised->setup);
    ready_fd_end(supervised);
    stop_walk_end(&supervised->stop_walk);
}

void run_end(struct supervised *supervised, pid_t pid, int wait_status)
{
    cleanup_on_program_end(&supervised->cleanup);
    supervised->stopped_by = 0;
    supervised->ran_ms = (int64_t)(time_monotonic_ms() - supervised->started_ms);
    supervised->exit_code = service_exit_code(supervised->service, wait_status);
    notify_end(supervised, pid);
    main_pid_end(supervised);
    ready_fd_read(supervised);
    ready_fd_end(supervised);
    supervised->common->hooks->release_namespaces(supervised);
    if (supervised->failed && supervised->exit_code == 0)
        supervised->exit_code = EXIT_FAILED_RUN;
    supervised->has_ended = true;
}

void run_disconnect_last(struct supervised *supervised)
{
    const struct namespaces *namespaces = &supervised->service->namespaces;

    /* What can be entered by its name is there to be used later. */
    if (namespaces_kept_at(namespaces, NAMESPACE_NET) == NULL)
        veth_delete(supervised->veth_indexes, namespaces->veth_count);
}

void run_await_disconnection(const struct supervised *supervised)
{
    const struct namespaces *namespaces = &supervised->service->namespaces;

    if (namespaces_kept_at(namespaces, NAMESPACE_NET) == NULL)
        veth_await_deletion(supervised->veth_indexes, namespaces->veth_count);
}

void run_disconnect(struct supervised *supervised)
{
    /* What other services are in is the next run's, too. */
    if (ns_set_has(supervised->common->hooks->namespaces_to_make(supervised), NAMESPACE_NET))
        run_disconnect_last(supervised);
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
