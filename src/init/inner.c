/*
 * inner.c - nsinit as PID 1 of a service's own PID namespace, and what the outer one hears of it
 * It is the same loop over one service. To the outer one the inner init's process group is the
 * service's; the program has one of its own in there, which the inner one deals with.
 */
#include "init/inner_private.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "init/init.h"
#include "init/loop_arena_private.h"
#include "spawn/channel.h"
#include "service/signal.h"
#include "util/loop.h"
#include "util/log.h"

/* The service as it looks from inside: its namespaces exist, its signals come translated. */
static struct service service_inside(const struct service *service)
{
    struct service inside = *service;

    memset(&inside.namespaces, 0, sizeof inside.namespaces);
    memset(&inside.after, 0, sizeof inside.after);
    memset(&inside.supervision, 0, sizeof inside.supervision);
    inside.supervision.ready_fd = service->supervision.ready_fd;
    inside.translation = NULL;
    inside.suspend_together = false;
    return inside;
}

/* A step of the stop schedule, which goes on when the program has ended. */
static void take_step(struct init *init, int signal_number)
{
    if (init->drain.begun) {
        leftovers_signal(&init->drain, signal_number);
        return;
    }
    (void)send_signal(&init->only, signal_number, NULL);
    if (signal_number != SIGCONT && !init->only.service->forward_to_group)
        init->owed = signal_number;
}

static void expect_steps(struct init *init, int owed)
{
    bool was_awaiting = init->awaits_steps;

    init->awaits_steps = owed >= 0;
    if (owed > 0)
        init->owed = owed;
    /* What is left has the time of the drain from now on, or that of the steps. */
    if (was_awaiting != init->awaits_steps && init->drain.begun) {
        cleanup_stop(&init->drain);
        drain_begin(init);
    }
}

/* Send a step of --stop-all to all processes, and note that they need not hear it again. */
static void signal_all(struct init *init, int signal_number)
{
    struct process_list list;

    if (init->supervisor.count > 0 && processes_others(&list) == 0)
        signalled_set(&init->only.remains.told, signal_number, &list);
    (void)kill(-1, signal_number);
}

/* What comes from outside: a signal for all there is in here, or the outer init's end. */
static void on_outer(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct channel_attached attached;
    struct channel_message message;
    int result = channel_receive(watcher->fd, &message, &attached, 0, false);

    watch_again(loop, watcher, events);
    if (result == -EAGAIN)
        return;
    /* The end of PID 1 is the end of its namespace: pid_namespaces(7). */
    if (result != 1)
        _exit(128 + SIGKILL);
    if (message.kind == CHANNEL_SIGNAL)
        signal_all(watcher->data, message.value);
    else if (message.kind == CHANNEL_STEP)
        take_step(watcher->data, message.value);
    else if (message.kind == CHANNEL_MORE)
        expect_steps(watcher->data, message.value);
    else if (message.kind == CHANNEL_MAIN && ((struct init *)watcher->data)->only.pid != 0)
        main_pid_follow(&((struct init *)watcher->data)->only, (uint64_t)message.value, 0);
}

_Noreturn void inner_run(struct init *init, const struct service *service,
                         const struct spawning *spawning)
{
    struct service inside = service != NULL ? service_inside(service) : (struct service){0};
    struct pod pod = *init->pod;
    /* It is a part of the outer nsinit's plan, whose place this one's takes. */
    const struct spawn_context context = spawning->context;
    const struct notify_name notify_name = spawning->notify_name;
    const int channel_fd = spawning->channel_fd;
    /* At a terminal that it shares with others all three live in one group. */
    const enum placement placement =
        spawning->service.placement == PLACEMENT_INHERITED ? PLACEMENT_INHERITED : PLACEMENT_GROUP;
    struct error error = {.kind = ERROR_FAILED};
    int exit_code;

    inside.placement = placement;
    /* The outer one does that to the service's lines, of which this one's are some. */
    if (service != NULL && supervision_takes_output(&service->supervision))
        log_set_format(LOG_PLAIN);
    loop_arena_reset();
    pod.file = NULL;
    pod.control = NULL;
    pod.report = NULL;
    pod.boots = false;
    pod.sandbox = NULL;
    pod.services = &inside;
    pod.service_count = service != NULL;
    *init = (struct init){
        .pod = &pod,
        .inherited = init->inherited,
        .channel_fd = channel_fd,
        .terminal = {.fd = -1, .child_fd = -1, .placement = placement},
        .watchdog.fd = -1,
        .supervisor = {.context = context, .is_inner = true, .is_first = true, .adopts = true}};
    /* What is done outside is done; what is left is for the program itself. */
    init->supervisor.context.loop_fd = -1;
    init->supervisor.context.has_pty = false;
    /* In the foreground in the outer one's place it passes that on. As the leader of a session it
     * is to the terminal there what the outer one is to its own: in a group of its own the program
     * stops for ^Z, which an orphaned one does not. */
    if (service != NULL && context.terminal_fd >= 0) {
        init->terminal.fd = context.terminal_fd;
        init->terminal.is_ours = true;
    }
    init->supervisor.context.makes_notify_socket = false;
    init->supervisor.context.ns_fds_wanted = 0;
    init->supervisor.context.holds_shared_namespaces = false;
    init->supervisor.context.notify_name = notify_name;
    exit_code = init_run_inner(init, on_outer, &error);
    if (exit_code < 0) {
        (void)channel_send(channel_fd, CHANNEL_FAILED, 0, &error);
        _exit(1);
    }
    _exit(exit_code);
}

void inner_tell_main(struct init *init, const struct supervised *supervised)
{
    /* The first one is told by CHANNEL_STARTED. */
    if (init->told_program == 0 || supervised->pid == 0 ||
        supervised->program == init->told_program)
        return;
    init->told_program = supervised->program;
    (void)channel_send_pid(init->channel_fd, CHANNEL_MAIN, supervised->program);
}

void inner_tell_stop(const struct init *init, int signal_number)
{
    (void)channel_send(init->channel_fd, CHANNEL_STOPPED, signal_number, NULL);
}

void inner_tell_end(const struct init *init, int signal_number)
{
    if (signal_number != 0)
        (void)channel_send(init->channel_fd, CHANNEL_KILLED, signal_number, NULL);
}

/* A message. 0, or a negative errno: -EAGAIN where there is none yet. */
static int hear(struct supervised *service)
{
    struct channel_attached attached;
    struct channel_message message;
    int result = channel_receive(service->listening->link.fd, &message, &attached, 0, false);

    if (result != 1)
        return result < 0 ? result : -EPIPE;
    if (message.kind == CHANNEL_KILLED)
        service->listening->killed_by = message.value;
    if (message.kind == CHANNEL_STOPPED && service->pid != 0)
        reap_on_stop(service->supervisor->owner, service, message.value);
    /* As with the first one, it is only shown. An inner init that may not tell it says itself. */
    if (message.kind == CHANNEL_MAIN && service->pid != 0 && attached.sender > 0 &&
        attached.sender != service->pid) {
        service->program = attached.sender;
        main_pid_log(service);
        service->supervisor->hooks->on_change(service->supervisor->owner, service);
    }
    return 0;
}

static void on_link(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    int result = hear(watcher->data);

    watch_again(loop, watcher, events);
    /* Else it has ended, of which SIGCHLD tells, or was taken over by its service. */
    if (result != 0 && result != -EAGAIN)
        watch_end(loop, watcher);
}

int inner_hear_end(struct supervised *service)
{
    struct listening *listening = service->listening;

    if (listening == NULL)
        return 0;
    while (ev_is_active(&listening->link) && hear(service) == 0)
        ;
    return listening->killed_by;
}

void inner_watch(struct supervised *service, int channel_fd)
{
    service->listening->killed_by = 0;
    watch_file(service->supervisor->loop, &service->listening->link, channel_fd, on_link, service);
}

void inner_unwatch(struct supervised *service)
{
    if (service->listening != NULL)
        watch_end(service->supervisor->loop, &service->listening->link);
}
