/*
 * setup_steps.c - nsinit's part in the setup of a new process, step by step
 * The steps are: ID maps, network devices, namespace files, --network, --hook-created, sources of
 * mounts, go. No step waits: the end of each helper leads to the next step.
 */
#include "spawn/setup_steps_private.h"

#include <errno.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "mount/sources.h"
#include "spawn/channel.h"
#include "spawn/setup_parent_private.h"
#include "spawn/spawning_private.h"
#include "util/strbuf.h"
#include "visit/door.h"

static enum spawn_outcome go(struct spawning *spawning)
{
    int result;

    if (spawning->service.namespaces.as_pid_1 && !spawning->context.holds_shared_namespaces) {
        error_subject(&spawning->error, "%s", spawning->service.name);
        if (guard_start(&spawning->guard, spawning->pid, &spawning->error) < 0)
            return spawning_fail(spawning);
    }
    result = channel_send(spawning->channel_fd, CHANNEL_GO, 0, NULL);
    spawning->step = spawning->context.makes_notify_socket ? SPAWN_NOTIFYING : SPAWN_EXECUTING;
    /* The process has ended, and its last message may still be in the channel. */
    if (result == 0 || result == -EPIPE || result == -ECONNRESET)
        return SPAWN_PENDING;
    errno = -result;
    error_failed(&spawning->error, "%s: send to the new process", spawning->service.name);
    return spawning_fail(spawning);
}

/* ---- helpers ------------------------------------------------------------------------------- */

static enum spawn_outcome await_helper(struct spawning *spawning, enum spawn_step step, pid_t pid)
{
    spawning->step = step;
    spawning->helper = pid;
    if (!spawning->on_child(spawning->owner, SPAWN_HELPER, pid))
        return spawning_fail_for(spawning, "out of memory");
    return SPAWN_PENDING;
}

static const char *const helper_tasks[] = {
    [SPAWN_MAPPING] = "writes the ID maps",
    [SPAWN_CONNECTING] = "waits for pasta",
    [SPAWN_OPENING] = "opens the sources of mounts",
};

/* Fork a helper, which runs `main`, reports the result over its channel, and ends. */
static enum spawn_outcome start_helper(struct spawning *spawning, enum spawn_step step,
                                       void (*main)(struct spawning *spawning, int helper_fd))
{
    int ends[2];
    int result = channel_open(ends, false);
    pid_t pid;

    if (result < 0) {
        errno = -result;
        error_failed(&spawning->error, "%s: socketpair", spawning->service.name);
        return spawning_fail(spawning);
    }
    pid = process_fork();
    if (pid == 0)
        main(spawning, ends[1]);
    close(ends[1]);
    spawning->helper_fd = ends[0];
    if (pid < 0) {
        error_failed(&spawning->error, "%s: fork a helper that %s", spawning->service.name,
                     helper_tasks[step]);
        return spawning_fail(spawning);
    }
    return await_helper(spawning, step, pid);
}

static _Noreturn void report_and_exit(const struct spawning *spawning, int helper_fd, int result)
{
    (void)channel_send(helper_fd, result < 0 ? CHANNEL_FAILED : CHANNEL_CREATED, 0,
                       &spawning->error);
    _exit(0);
}

static _Noreturn void open_sources_main(struct spawning *spawning, int helper_fd)
{
    const struct nsfds *ns_fds = &spawning->ns_fds;
    struct kept_fds kept_fds = {.files = {helper_fd, spawning->channel_fd, spawning->root_fd,
                                          ns_fds->fds[NAMESPACE_MNT], ns_fds->fds[NAMESPACE_USER]},
                                .count = 5,
                                /* A source may be named /proc/self/fd/N. */
                                .keeps_inherited = true};

    /* It must not be polled in this process: see leave_nsinit in clone.c. */
    if (spawning->context.loop_fd >= 0)
        close(spawning->context.loop_fd);
    door_close_fds(&kept_fds);
    door_protect();
    report_and_exit(spawning, helper_fd,
                    setup_parent_send_sources(&spawning->service.namespaces.filesystem,
                                              spawning->root_fd, ns_fds, spawning->channel_fd,
                                              &spawning->error));
}

static _Noreturn void map_main(struct spawning *spawning, int helper_fd)
{
    int user_fd = spawning->join_fds.fds[NAMESPACE_USER];
    struct kept_fds kept_fds = {.files = {helper_fd, user_fd}, .count = 2};

    door_close_fds(&kept_fds);
    door_protect();
    report_and_exit(
        spawning, helper_fd,
        setup_parent_map(&spawning->service.namespaces, user_fd, spawning->pid, &spawning->error));
}

static _Noreturn void await_pasta_main(struct spawning *spawning, int helper_fd)
{
    struct kept_fds kept_fds = {.files = {helper_fd, spawning->pasta.output_fd}, .count = 2};

    door_close_fds(&kept_fds);
    door_protect();
    report_and_exit(spawning, helper_fd, pasta_await(&spawning->pasta, &spawning->error));
}

/* ---- the steps ----------------------------------------------------------------------------- */

/* Open the sources last, so that the program's mounts show them as they are when it begins. */
static enum spawn_outcome open_sources(struct spawning *spawning)
{
    return spawning->receives_sources ? start_helper(spawning, SPAWN_OPENING, open_sources_main)
                                      : go(spawning);
}

static int add_net_devices(struct spawning *spawning)
{
    int sockets[] = {spawning->net_sockets[NET_OUTSIDE], spawning->net_sockets[NET_INSIDE]};

    if (spawning->service.namespaces.veth_count == 0)
        return 0;
    spawning->net_sockets[NET_OUTSIDE] = spawning->net_sockets[NET_INSIDE] = -1;
    if (net_devices_create(spawning->context.net_devices, spawning->pid, sockets,
                           &spawning->error) < 0)
        return -1;
    spawning->has_net_devices = true;
    return 0;
}

static enum spawn_outcome start_hook(struct spawning *spawning)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;
    pid_t hook;

    if (namespaces->hook_created == NULL)
        return open_sources(spawning);
    hook = setup_parent_start_hook(namespaces, spawning->pid, &spawning->ns_fds, &spawning->error);
    return hook < 0 ? spawning_fail(spawning) : await_helper(spawning, SPAWN_HOOK, hook);
}

static enum spawn_outcome start_pasta(struct spawning *spawning)
{
    enum spawn_outcome outcome;

    if (pasta_start(&spawning->pasta, &spawning->service.namespaces, &spawning->ns_fds,
                    spawning->in_other_user_ns, &spawning->error) < 0)
        return spawning_fail(spawning);
    outcome = start_helper(spawning, SPAWN_CONNECTING, await_pasta_main);
    close(spawning->pasta.output_fd);
    return outcome;
}

static enum spawn_outcome on_mapped(struct spawning *spawning)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;
    struct error *error = &spawning->error;

    if (add_net_devices(spawning) < 0)
        return spawning_fail(spawning);
    if (persistent_create(spawning->persistent, namespaces, &spawning->ns_fds, error) < 0)
        return spawning_fail(spawning);
    return namespaces->uses_pasta ? start_pasta(spawning) : start_hook(spawning);
}

enum spawn_outcome setup_on_created(struct spawning *spawning)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;
    int user_fd = spawning->join_fds.fds[NAMESPACE_USER];

    if (spawning->context.is_exec) {
        spawning->step = SPAWN_EXECUTING;
        return SPAWN_PENDING;
    }
    if (setup_parent_check(namespaces, &spawning->error) < 0)
        return spawning_fail(spawning);
    if (setup_parent_needs_mapper(namespaces, user_fd))
        return start_helper(spawning, SPAWN_MAPPING, map_main);
    if (setup_parent_map(namespaces, -1, spawning->pid, &spawning->error) < 0)
        return spawning_fail(spawning);
    return on_mapped(spawning);
}

/* A helper has sent its result, the last message; on success the setup goes on with `next`. */
static enum spawn_outcome on_helper_result(struct spawning *spawning,
                                           enum spawn_outcome (*next)(struct spawning *spawning))
{
    struct channel_attached attached;
    struct channel_message message;
    char killed[80];
    int result = channel_receive(spawning->helper_fd, &message, &attached, 0, false);

    close(spawning->helper_fd);
    spawning->helper_fd = -1;
    if (result == 1 && message.kind == CHANNEL_CREATED)
        return next(spawning);
    if (result == 1 && message.kind == CHANNEL_FAILED) {
        spawning->error = message.error;
        return spawning_fail(spawning);
    }
    strbuf_set(killed, sizeof killed, "the helper that %s was killed",
               helper_tasks[spawning->step]);
    return spawning_fail_for(spawning, killed);
}

enum spawn_outcome spawn_on_helper_end(struct spawning *spawning, int wait_status)
{
    spawning->helper = 0;
    if (spawning->step == SPAWN_MAPPING)
        return on_helper_result(spawning, on_mapped);
    if (spawning->step == SPAWN_CONNECTING)
        return on_helper_result(spawning, start_hook);
    if (spawning->step == SPAWN_OPENING)
        return on_helper_result(spawning, go);
    if (setup_parent_check_hook(wait_status, &spawning->error) < 0)
        return spawning_fail(spawning);
    return open_sources(spawning);
}
