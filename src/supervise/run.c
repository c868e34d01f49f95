/*
 * run.c - one run of a service: from the start of its program until nothing is expected of it
 */
#include "supervise/run.h"

#include <fcntl.h>
#include <unistd.h>

#include "supervise/health.h"
#include "supervise/lending.h"
#include "supervise/notify.h"
#include "supervise/output.h"
#include "supervise/readiness.h"
#include "supervise/supervise.h"
#include "supervise/watch.h"
#include "util/log.h"

void run_start_watchdog(struct supervised *supervised)
{
    struct listening *listening = supervised->listening;

    if (listening != NULL && listening->watchdog_ms != 0)
        timer_start(supervised->supervisor->loop, &listening->watchdog, listening->watchdog_ms);
}

/* The program's stdin, stdout and stderr, and the terminal of its session. */
static int open_tty(const char *path, struct spawn_context *context)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    for (int i = 0; i <= STDERR_FILENO; i++)
        context->stdio[i] = fd;
    context->stdio_is_lent = true;
    context->terminal_fd = fd;
    return 0;
}

/* What this run gets besides its plan. 0, or -1 with `error` filled in. */
static int prepare_run(struct supervised *supervised, struct spawn_context *context,
                       struct error *error)
{
    const struct supervisor *supervisor = supervised->supervisor;
    const struct supervision *plan = plan_of(supervised);

    if (children_reserve(&supervised->supervisor->children) < 0)
        return error_failed(error, "%s: memory", name_of(supervised));
    if (supervisor->hooks->give_terminal(supervised, context, error) < 0)
        return -1;
    /* What else an inner init passes on has come from outside. */
    if (supervisor->is_inner)
        return 0;
    context->makes_notify_socket = supervision_has_notify_socket(plan);
    context->hides_notify_socket =
        supervision_awaits_readiness(plan) || supervisor->pod->file != NULL;
    context->watchdog_usec = (uint64_t)plan->watchdog_ms * 1000;
    if (supervised->service->tty != NULL) {
        if (open_tty(supervised->service->tty, context) < 0)
            return error_failed(error, "%s: --tty %s", name_of(supervised),
                                supervised->service->tty);
    } else if (supervised->output != NULL &&
               output_open_run(supervised->output, context->stdio + STDOUT_FILENO) < 0)
        return error_failed(error, "%s: --log-prefix", name_of(supervised));
    if (plan->ready_fd != 0) {
        context->ready_fd = readiness_open(supervised);
        if (context->ready_fd < 0)
            return error_failed(error, "%s: --ready-fd", name_of(supervised));
    }
    return 0;
}

/* The service has them now, or there is no service. */
static void close_given(const struct supervised *supervised, const struct spawn_context *context)
{
    const int fds[] = {context->ready_fd, context->stdio[STDOUT_FILENO],
                       context->stdio[STDERR_FILENO]};
    /* A terminal is the same one for both. */
    size_t count = supervised->service->tty != NULL ? 2 : 3;

    for (size_t i = 0; i < count && !supervised->supervisor->is_inner; i++)
        if (fds[i] >= 0 && !(context->has_pty && fds[i] == context->terminal_fd))
            close(fds[i]);
}

/* The program runs: listen to it. */
static void begin_run(struct supervised *supervised, const struct spawned *spawned)
{
    const struct supervision *plan = plan_of(supervised);

    supervised->pid = spawned->pid;
    supervised->program = spawned->program;
    children_add(&supervised->supervisor->children, spawned->pid, supervise_on_program_end,
                 supervised);
    lending_hold(supervised);
    supervised->group = supervised->service->placement == PLACEMENT_INHERITED ? 0 : supervised->pid;
    supervised->started_ms = supervise_now_ms();
    supervised->failed = false;
    supervised->is_ready = false;
    if (supervised->listening != NULL)
        supervised->listening->watchdog_ms = plan->watchdog_ms;
    if (spawned->notify_fd >= 0)
        notify_begin(supervised, spawned->notify_fd);
    if (plan->ready_timeout_ms != 0)
        timer_start(supervised->supervisor->loop, &supervised->timer, plan->ready_timeout_ms);
    supervised->supervisor->hooks->on_start(supervised, spawned->link_fd);
    /* An inner init's outer one says it. */
    if (!supervised->supervisor->is_inner)
        log_line(LOG_INFO, "%s: started %s as %d", name_of(supervised),
                 supervised->service->arguments[0], supervised->program);
    occurrence_tell(supervised, OCCURRENCE_START, NULL, 0);
}

static bool gives_any(const struct open_namespaces *given)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (given->fds[type] >= 0)
            return true;
    return false;
}

/* New ones, but for those it has kept, in those of the pod and of other services. */
static int spawn_in_its_namespaces(struct supervised *supervised, struct spawn_context *context,
                                   struct spawned *spawned, struct error *error)
{
    struct service service = *supervised->service;
    struct open_namespaces given;
    int result;

    if (lending_give(supervised, &given, error) < 0)
        return -1;
    if (gives_any(&given))
        context->given = &given;
    lending_prepare(supervised, context);
    service.isolation.unshared = lending_new(supervised);
    if (context->has_pty)
        service.placement = PLACEMENT_SESSION;
    /* One that it has kept is connected already. */
    if (service.isolation.unshared != supervised->service->isolation.unshared &&
        !namespaces_have(service.isolation.unshared, NAMESPACE_NET))
        service.isolation.veth_count = 0;
    result = spawn_service(&service, context, spawned, error);
    context->given = NULL;
    return result;
}

int run_start(struct supervised *supervised, struct error *error)
{
    struct supervisor *supervisor = supervised->supervisor;
    struct spawn_context context = supervisor->context;
    struct spawned spawned = {.notify_fd = -1};
    int result = prepare_run(supervised, &context, error);

    supervised->ran_ms = -1;
    if (result == 0)
        result = spawn_in_its_namespaces(supervised, &context, &spawned, error);
    if (result == 1)
        supervisor->hooks->become_inner(supervisor->owner, supervised->service, &context, &spawned);
    close_given(supervised, &context);
    if (result < 0) {
        readiness_end(supervised);
        return -1;
    }
    begin_run(supervised, &spawned);
    return 0;
}

void run_unwatch(struct supervised *supervised)
{
    struct ev_loop *loop = supervised->supervisor->loop;

    ev_timer_stop(loop, &supervised->timer);
    if (supervised->listening != NULL)
        ev_timer_stop(loop, &supervised->listening->watchdog);
    if (supervised->health != NULL)
        health_stop(supervised->health);
}
