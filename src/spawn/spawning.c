/*
 * spawning.c - resources of a setup, and its end
 */
#include "spawn/spawning_private.h"

#include <signal.h>
#include <unistd.h>

#include "spawn/clone_error_private.h"

/* ---- its resources ---------------------------------------------------------------------- */

static bool joins_any(const struct spawning *spawning)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (spawning->join_fds.fds[type] >= 0)
            return true;
    return false;
}

bool spawning_has_namespaces(const struct spawning *spawning)
{
    return spawning->service.namespaces.unshared != 0 || joins_any(spawning);
}

/*
 * setns(2) to a PID or time namespace takes effect in children only, and so do new namespaces
 * inside of joined ones. A stage also finds the process of --enter by its PID, which a process in a
 * new PID namespace would not.
 */
bool spawning_needs_stage(const struct spawning *spawning)
{
    return (joins_any(spawning) || spawning->service.namespaces.join_count > 0) &&
           (spawning->service.namespaces.unshared != 0 ||
            spawning->join_fds.fds[NAMESPACE_PID] >= 0 ||
            spawning->join_fds.fds[NAMESPACE_TIME] >= 0);
}

/* When clone returns, the namespaces exist, except a time namespace and those made by a stage. */
bool spawning_reports_creation(const struct spawning *spawning)
{
    return spawning->uses_stage || spawning->context.ns_fds_wanted != 0 ||
           spawning->receives_sources || spawning->net_sockets_wanted != 0 ||
           ns_set_has(spawning->service.namespaces.unshared, NAMESPACE_TIME);
}

bool spawning_waits_for_parent(const struct spawning *spawning)
{
    return spawning->has_other_namespaces && !spawning->context.is_exec;
}

/* ---- the end --------------------------------------------------------------------------------- */

enum spawn_outcome spawning_fail(struct spawning *spawning)
{
    clone_error_adapt_hint(&spawning->error);
    spawn_abandon(spawning);
    return SPAWN_FAILED;
}

enum spawn_outcome spawning_fail_for(struct spawning *spawning, const char *reason)
{
    error_subject(&spawning->error, "%s", spawning->service.name);
    spawning->error.hint[0] = '\0';
    error_reason(&spawning->error, ERROR_FAILED, "%s", reason);
    return spawning_fail(spawning);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void spawning_close_notify_socket(struct spawning *spawning)
{
    if (spawning->notify_fd < 0)
        return;
    close_fd(&spawning->notify_fd);
    notify_socket_remove(&spawning->notify_name);
}

void spawn_release(struct spawning *spawning)
{
    close_fd(&spawning->channel_fd);
    close_fd(&spawning->helper_fd);
    spawning_close_notify_socket(spawning);
    close_fd(&spawning->terminal_fd);
    close_fd(&spawning->root_fd);
    for (int i = 0; i < NET_SOCKETS; i++)
        close_fd(&spawning->net_sockets[i]);
    nsfds_close(&spawning->join_fds);
    nsfds_close(&spawning->ns_fds);
}

/*
 * The child was not waited for, so its PID and its process group's ID cannot be reused yet. The
 * signal to the group also reaches processes that a hook or a program has started.
 */
static void kill_with_group(pid_t pid)
{
    if (pid <= 0)
        return;
    (void)kill(-pid, SIGKILL);
    (void)kill(pid, SIGKILL);
}

void spawn_abandon(struct spawning *spawning)
{
    if (!spawning->has_ended)
        kill_with_group(spawning->pid);
    kill_with_group(spawning->helper);
    guard_stop(&spawning->guard);
    pasta_stop(&spawning->pasta);
    spawning->pid = spawning->helper = 0;
    if (spawning->persistent != NULL)
        persistent_undo(spawning->persistent);
    if (spawning->has_net_devices)
        net_devices_remove(spawning->context.net_devices);
    spawn_release(spawning);
}
