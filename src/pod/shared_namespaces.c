/*
 * shared_namespaces.c - the namespaces that all services of a pod share
 */
#include "pod/shared_namespaces_private.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "spawn/channel.h"
#include "net/devices.h"
#include "pod/startup.h"
#include "pod/supervisor.h"
#include "util/log.h"

/* The exit code of a pod that has lost its network, as of a run that nsinit has ended. */
enum { EXIT_NETWORK_LOST = 124 };

/* The types of namespaces that the pod's services share. */
static ns_set shared_types(const struct supervisor *supervisor)
{
    const struct namespaces *namespaces = &supervisor->common.pod->namespace_holder->namespaces;

    return namespaces->unshared | namespaces_entered(namespaces);
}

static bool has_pid_namespace(const struct supervisor *supervisor)
{
    return ns_set_has(supervisor->common.pod->namespace_holder->namespaces.unshared, NAMESPACE_PID);
}

/* In the new process: wait until nsinit holds the namespaces. */
static _Noreturn void wait_in_child(const struct spawning *spawning)
{
    struct channel_attached attached;
    struct channel_message message;

    (void)channel_send(spawning->channel_fd, CHANNEL_STARTED, 0, NULL);
    (void)channel_receive(spawning->channel_fd, &message, &attached, 0, true);
    _exit(0);
}

static void on_inside(void *owner, const struct spawning *spawning)
{
    const struct supervisor *supervisor = owner;

    if (has_pid_namespace(supervisor))
        supervisor->hooks->become_inner(supervisor->owner, NULL, spawning);
    wait_in_child(spawning);
}

static void on_end(void *owner, pid_t pid, int wait_status)
{
    struct supervisor *supervisor = owner;

    pid_list_remove(&supervisor->common.foreign_children, pid);
    supervisor->common.holder_pid = 0;
    close(supervisor->holder_channel);
    if (supervisor->startup.is_over) {
        supervisor->hooks->on_all_ended(supervisor->owner);
        return;
    }
    log_line(LOG_WARNING, "pod: the process that holds the shared PID namespace has ended: "
                          "the kernel kills its services");
    startup_settle(supervisor,
                   service_exit_code(supervisor->common.pod->namespace_holder, wait_status));
    startup_stop(supervisor);
}

/* The pod ends, as without a network its services are of no use. */
static void on_pasta_end(void *owner, pid_t pid, int wait_status)
{
    struct supervisor *supervisor = owner;

    (void)pid;
    (void)wait_status;
    setup_stop_pasta(&supervisor->common, &supervisor->pasta);
    if (supervisor->startup.is_over)
        return;
    log_line(LOG_WARNING, "pod: pasta has ended");
    startup_settle(supervisor, EXIT_NETWORK_LOST);
    startup_stop(supervisor);
}

/* Keep the holder of a PID namespace. Any other holder ends when its channel is closed. */
static void keep_holder(struct supervisor *supervisor, struct spawning *spawning)
{
    if (!has_pid_namespace(supervisor)) {
        children_add(&supervisor->common.children, spawning->pid, children_ignore_end, NULL);
        return;
    }
    supervisor->common.holder_pid = spawning->pid;
    supervisor->holder_channel = spawning->channel_fd;
    spawning->channel_fd = -1;
    (void)pid_list_add(&supervisor->common.foreign_children, spawning->pid);
    children_add(&supervisor->common.children, spawning->pid, on_end, supervisor);
}

static bool holds_all(const struct supervisor *supervisor)
{
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (ns_set_has(shared_types(supervisor), (enum ns_type)type) &&
            supervisor->shared.fds[type] < 0)
            return false;
    return true;
}

static void on_done(void *owner, struct spawning *spawning, enum spawn_outcome outcome)
{
    struct supervisor *supervisor = owner;
    struct error *error = &spawning->error;

    if (outcome == SPAWN_STARTED) {
        supervisor->shared = spawning->ns_fds;
        spawning->ns_fds = nsfds_none();
        supervisor->common.has_shared_namespaces = true;
        keep_holder(supervisor, spawning);
        setup_take_pasta(&supervisor->common, spawning, &supervisor->pasta, on_pasta_end,
                         supervisor);
        if (holds_all(supervisor)) {
            startup_begin(supervisor);
            return;
        }
        error_subject(error, "pod");
        error_reason(error, ERROR_FAILED,
                     "the kernel does not let nsinit hold its namespaces open");
    }
    error_name(error, "pod");
    supervisor->hooks->on_start_failed(supervisor->owner, error);
}

void shared_namespaces_start(struct supervisor *supervisor)
{
    static const struct setup_hooks setup_hooks = {on_done, on_inside};
    const struct namespaces *namespaces = &supervisor->common.pod->namespace_holder->namespaces;
    struct spawn_context context = supervisor->common.context;
    struct error error = {.kind = ERROR_FAILED};

    if (namespaces->veth_count > 0) {
        supervisor->net_devices = net_devices_new(namespaces);
        if (supervisor->net_devices == NULL) {
            error_failed(&error, "pod: allocate memory");
            supervisor->hooks->on_start_failed(supervisor->owner, &error);
            return;
        }
    }
    root_files_make(&supervisor->root_files, &namespaces->filesystem);
    context.net_devices = supervisor->net_devices;
    context.holds_shared_namespaces = true;
    context.ns_fds_wanted = shared_types(supervisor);
    setup_begin(&supervisor->holder_setup, &supervisor->common,
                &(struct setup_order){.service = supervisor->common.pod->namespace_holder,
                                      .context = &context,
                                      .hooks = &setup_hooks,
                                      .owner = supervisor});
}

bool shared_namespaces_end(struct supervisor *supervisor)
{
    if (supervisor->common.holder_pid == 0)
        return false;
    /* The holder is an inner init, which TERM stops: it ends the rest by the drain schedule. */
    return kill(supervisor->common.holder_pid, SIGTERM) == 0;
}

void shared_namespaces_disconnect(struct supervisor *supervisor, bool leaves_nothing)
{
    const struct service *namespace_holder = supervisor->common.pod->namespace_holder;

    setup_stop_pasta(&supervisor->common, &supervisor->pasta);
    if (leaves_nothing && namespaces_kept_at(&namespace_holder->namespaces, NAMESPACE_MNT) == NULL)
        root_files_delete(&supervisor->root_files);
    if (namespaces_kept_at(&namespace_holder->namespaces, NAMESPACE_NET) != NULL)
        return;
    if (leaves_nothing)
        net_devices_remove(supervisor->net_devices);
    else
        net_devices_leave(supervisor->net_devices);
}

void shared_namespaces_skip_step(const struct supervisor *supervisor)
{
    if (supervisor->common.holder_pid != 0)
        (void)kill(supervisor->common.holder_pid, SIGTERM);
}
