/*
 * supervisor.c - start and stop all services, answer their hooks, and report ends of children
 */
#include "pod/supervisor.h"

#include <stdlib.h>
#include <unistd.h>

#include "pod/lent_namespaces_private.h"
#include "pod/shared_namespaces_private.h"
#include "pod/startup.h"
#include "service/machine.h"

/* ---- the services' hooks -------------------------------------------------------------------- */

static int give_terminal(struct supervised *supervised, struct spawn_context *context,
                         struct error *error)
{
    return supervisor_for(supervised)->hooks->give_terminal(supervised, context, error);
}

static void become_inner(struct supervised *supervised, const struct spawning *spawning)
{
    const struct supervisor *supervisor = supervisor_for(supervised);

    supervisor->hooks->become_inner(supervisor->owner, supervised->service, spawning);
}

static void on_start(struct supervised *supervised, int channel_fd)
{
    supervisor_for(supervised)->hooks->on_start(supervised, channel_fd);
}

static void on_start_failed(struct supervised *supervised, const struct error *error)
{
    const struct supervisor *supervisor = supervisor_for(supervised);

    supervisor->hooks->on_start_failed(supervisor->owner, error);
}

static bool on_end(struct supervised *supervised, int wait_status)
{
    return supervisor_for(supervised)->hooks->on_end(supervised, wait_status);
}

static void on_change(struct supervised *supervised)
{
    struct supervisor *supervisor = supervisor_for(supervised);

    manager_on_change(&supervisor->manager, supervised);
    supervisor->hooks->on_change(supervisor->owner, supervised);
}

static void on_event(const struct event *event)
{
    const struct supervisor *supervisor = supervisor_for(event->supervised);

    supervisor->hooks->on_event(supervisor->owner, event);
}

static const struct service_hooks service_hooks = {
    .namespaces_for = lent_namespaces_for,
    .namespaces_to_make = lent_namespaces_to_make,
    .namespaces_to_open = lent_namespaces_to_open,
    .hold_namespaces = lent_namespaces_hold,
    .release_namespaces = lent_namespaces_release,
    .namespaces_of = lent_namespaces_of,
    .give_terminal = give_terminal,
    .become_inner = become_inner,
    .on_start = on_start,
    .on_start_failed = on_start_failed,
    .on_end = on_end,
    .on_up = startup_on_up,
    .on_active = startup_on_active,
    .on_down = startup_on_down,
    .on_change = on_change,
    .on_event = on_event,
};

/* ---- the ends of children ------------------------------------------------------------------- */

struct supervised *supervisor_by_pid(struct supervisor *supervisor, pid_t pid)
{
    const struct child *child = children_find(&supervisor->common.children, pid);

    return child != NULL && child->on_end == machine_on_program_end ? child->owner : NULL;
}

bool supervisor_on_child(struct supervisor *supervisor, pid_t pid, int wait_status)
{
    const struct child *found = children_find(&supervisor->common.children, pid);
    struct child child;

    /* A setup may have announced the child by a message that nsinit has not read yet. */
    if (found == NULL && supervisor->common.setups.first != NULL) {
        setup_read_all(&supervisor->common, pid);
        found = children_find(&supervisor->common.children, pid);
    }
    if (found == NULL) {
        pid_list_remove(&supervisor->common.foreign_children, pid);
        return false;
    }
    /* The callback may add other children, which overwrites this place. */
    child = *found;
    children_remove(&supervisor->common.children, pid);
    child.on_end(child.owner, pid, wait_status);
    return true;
}

void supervisor_on_reap(struct supervisor *supervisor, bool children_left)
{
    /*
     * Only a single service awaits this; process groups tell the leftovers of several services
     * apart.
     */
    cleanup_on_reap(&supervisor->common.services->cleanup, children_left);
}

static bool may_restart(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->common.count; i++)
        if (plan_of(&supervisor->common.services[i])->restart.policy != RESTART_NO)
            return true;
    return false;
}

bool supervisor_keeps_inherited_fds(const struct supervisor *supervisor)
{
    /* The services of a pod start later, and descriptors hold their namespaces. */
    return supervisor->common.pod->file != NULL || supervisor->common.services->health != NULL ||
           may_restart(supervisor);
}

bool supervisor_has_setups(const struct supervisor *supervisor)
{
    return supervisor->common.setups.first != NULL;
}

bool supervisor_is_quiet(const struct supervisor *supervisor)
{
    const struct service_common *common = &supervisor->common;

    return common->setups.first == NULL && !ev_is_active(&common->relay.socket) &&
           manager_is_quiet(&supervisor->manager) && !ev_is_active(&supervisor->startup.turn) &&
           supervised_is_quiet(common->services);
}

/* ---- beginning and end -------------------------------------------------------------------- */

/* The only service of a command line feeds the watchdog of nsinit's manager if it can notify. */
static bool feeds_watchdog(const struct pod *pod)
{
    return pod->file != NULL || (pod->service_count > 0 &&
                                 !supervision_has_notify_socket(&pod->services[0].supervision));
}

int supervisor_init(struct supervisor *supervisor, struct supervised *services, struct error *error)
{
    struct service_common *common = &supervisor->common;
    const struct pod *pod = common->pod;
    bool relays =
        pod->file != NULL || (pod->service_count > 0 && supervised_may_notify(&pod->services[0]));

    common->hooks = &service_hooks;
    common->supervisor = supervisor;
    common->services = services;
    common->count = pod->service_count;
    for (size_t i = 0; i < common->count; i++)
        if (supervised_init(&services[i], common, &pod->services[i], error) < 0)
            return -1;
    notify_relay_init(&common->relay, common->loop, &common->children,
                      relays ? getenv("NOTIFY_SOCKET") : NULL);
    manager_init(&supervisor->manager, &common->relay, feeds_watchdog(pod),
                 pod->file != NULL ? pod->service_count : 0);
    common->context.unsets_watchdog = manager_feeds_watchdog(&supervisor->manager);
    startup_init(supervisor);
    if (lent_namespaces_init(supervisor, error) < 0)
        return -1;
    /* Children that nsinit was executed with are not the services' leftovers. */
    if ((may_restart(supervisor) || pod->control != NULL || relays) && children_any())
        (void)processes_children_of(getpid(), &common->foreign_children);
    return 0;
}

void supervisor_start(struct supervisor *supervisor)
{
    supervisor->shared = nsfds_none();
    if (supervisor->common.pod->namespace_holder != NULL)
        shared_namespaces_start(supervisor);
    else
        startup_begin(supervisor);
}

void supervisor_stop(struct supervisor *supervisor)
{
    startup_request_end(supervisor);
}

/* Whether no process can be left that needs the network: a daemon that the drain cannot reach. */
static bool leaves_nothing(const struct supervisor *supervisor, const struct service *service)
{
    return ns_set_has(service->namespaces.unshared, NAMESPACE_PID) ||
           (supervisor->common.adopts_orphans && supervisor->common.pod->drain.count > 0);
}

static void disconnect(struct supervisor *supervisor)
{
    const struct service *namespace_holder = supervisor->common.pod->namespace_holder;

    for (size_t i = 0; i < supervisor->common.count; i++) {
        struct supervised *supervised = &supervisor->common.services[i];

        supervised_disconnect(supervised, leaves_nothing(supervisor, supervised->service));
    }
    if (namespace_holder != NULL)
        shared_namespaces_disconnect(supervisor, leaves_nothing(supervisor, namespace_holder));
}

void supervisor_end(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->common.count; i++)
        supervised_end_output(&supervisor->common.services[i]);
    if (!supervisor->common.is_inner)
        disconnect(supervisor);
}
