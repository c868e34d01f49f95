/*
 * inner.c - nsinit as PID 1 of a service's PID namespace
 * The inner init runs the loop of nsinit for a single service. To the outer init the service's
 * process group is the inner init's; the program has another group, which the inner init signals.
 */
#include "init/inner_private.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "init/loop_arena_private.h"
#include "spawn/channel.h"
#include "service/main_pid.h"
#include "service/signal.h"
#include "util/log.h"
#include "util/loop.h"

/* ---- orders of the outer init ------------------------------------------------------------ */

/* A step of the stop schedule. The schedule goes on when the program has ended. */
static void take_step(struct init *init, int signal_number)
{
    if (init->drain.begun) {
        leftovers_signal(&init->drain, signal_number);
        return;
    }
    (void)supervised_signal(&init->only, signal_number, NULL);
    if (signal_number != SIGCONT && !init->only.service->forward_to_group)
        init->owed_signal = signal_number;
}

/*
 * Note whether the outer init has further steps (`owed` is not negative), and the last step's
 * signal.
 */
static void expect_steps(struct init *init, int owed)
{
    bool had_steps = init->outer_has_steps;

    init->outer_has_steps = owed >= 0;
    if (owed > 0)
        init->owed_signal = owed;
    /* The leftovers are now ended by the drain's schedule, or by the outer init's steps. */
    if (had_steps != init->outer_has_steps && init->drain.begun) {
        cleanup_stop(&init->drain);
        drain_begin(init);
    }
}

/*
 * A step of --stop-all. Note the processes that have received it, so that none receives it twice.
 */
static void signal_all(struct init *init, int signal_number)
{
    struct process_list list;

    if (init->supervisor.common.count > 0 && processes_others(&list) == 0)
        signalled_set(&init->only.cleanup.signalled, signal_number, &list);
    (void)kill(-1, signal_number);
}

static void take_order(struct init *init, const struct channel_message *message)
{
    if (message->kind == CHANNEL_SIGNAL)
        signal_all(init, message->value);
    else if (message->kind == CHANNEL_STEP)
        take_step(init, message->value);
    else if (message->kind == CHANNEL_MORE)
        expect_steps(init, message->value);
    else if (message->kind == CHANNEL_MAIN && init->only.pid != 0)
        main_pid_follow(&init->only, (uint64_t)message->value, 0);
}

static void on_order(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct channel_attached attached;
    struct channel_message message;
    int result = channel_receive(watcher->fd, &message, &attached, 0, false);

    watch_again(loop, watcher, events);
    if (result == 1)
        take_order(watcher->data, &message);
    else if (result != -EAGAIN)
        /* The outer init has ended. The end of PID 1 ends its namespace: pid_namespaces(7). */
        _exit(128 + SIGKILL);
}

/* ---- the plan ---------------------------------------------------------------------------- */

/* The namespaces already exist inside, and the outer init translates signals and restarts. */
static struct service service_inside(const struct service *service, const struct service *spawned,
                                     enum placement placement)
{
    struct service inside = *service;

    /* The process may have changed them: visit/entered_process.h. */
    inside.environment = spawned->environment;
    inside.settings = spawned->settings;
    inside.namespaces = (struct namespaces){0};
    memset(&inside.after, 0, sizeof inside.after);
    inside.supervision = (struct supervision){.ready_fd = service->supervision.ready_fd};
    inside.translation = NULL;
    inside.suspend_together = false;
    inside.placement = placement;
    return inside;
}

static struct pod pod_inside(const struct pod *pod, struct inner *inner, bool has_service)
{
    struct pod inside = *pod;

    inside.file = NULL;
    inside.control = NULL;
    inside.report = NULL;
    inside.boots = false;
    inside.namespace_holder = NULL;
    inside.services = &inner->service;
    inside.service_count = has_service;
    return inside;
}

/* The outer init has done its part of the context; the rest is for the program. */
static struct spawn_context context_inside(const struct spawning *spawning)
{
    struct spawn_context inside = spawning->context;

    inside.loop_fd = -1;
    inside.has_pty = false;
    inside.makes_notify_socket = false;
    inside.ns_fds_wanted = 0;
    inside.holds_shared_namespaces = false;
    inside.notify_name = spawning->notify_name;
    return inside;
}

void inner_prepare(struct inner *inner, struct init *init, const struct service *service,
                   const struct spawning *spawning)
{
    /* At a terminal shared with other programs, all stay in one process group. */
    const enum placement placement =
        spawning->service.placement == PLACEMENT_INHERITED ? PLACEMENT_INHERITED : PLACEMENT_GROUP;

    inner->service = service != NULL ? service_inside(service, &spawning->service, placement)
                                     : (struct service){0};
    inner->pod = pod_inside(init->pod, inner, service != NULL);
    /* The outer init formats the service's output, and these lines are a part of it. */
    if (service != NULL && supervision_takes_output(&service->supervision))
        log_set_format(LOG_PLAIN);
    loop_arena_reset();
    /* `spawning` is a part of the supervisor, which this overwrites. */
    *init = (struct init){.pod = &inner->pod,
                          .inherited = init->inherited,
                          .channel_fd = spawning->channel_fd,
                          .terminal = {.fd = -1, .child_fd = -1, .placement = placement},
                          .watchdog.fd = -1,
                          .supervisor.common = {.context = context_inside(spawning),
                                                .is_inner = true,
                                                .is_pid_1 = true,
                                                .adopts_orphans = true}};
    /*
     * Pass on the foreground as the outer init would. The inner init leads a session, so it relates
     * to its terminal as the outer init does to its own: ^Z stops the program in a separate group,
     * but would not in an orphaned one.
     */
    if (service != NULL && init->supervisor.common.context.terminal_fd >= 0) {
        init->terminal.fd = init->supervisor.common.context.terminal_fd;
        init->terminal.is_ours = true;
    }
}

int inner_begin(struct inner *inner, struct init *init, struct error *error)
{
    watch_file(init->loop, &inner->orders, init->channel_fd, on_order, init);
    if (channel_send_pid(init->channel_fd, CHANNEL_STARTED, init->only.pid) < 0)
        return error_failed(error, "the link to nsinit");
    init->reported_program = init->only.program;
    return 0;
}
