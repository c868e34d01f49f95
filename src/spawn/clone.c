/*
 * clone.c - create a process with clone3(2), in new namespaces and in joined ones
 * One clone3(2) creates all new namespaces. Where some are joined, a stage joins them first.
 */
#include "spawn/clone_private.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "spawn/channel.h"
#include "spawn/child_private.h"
#include "spawn/idmap_private.h"
#include "spawn/program_private.h"
#include "spawn/setup_child_private.h"
#include "util/log.h"
#include "visit/door.h"
#include "visit/entered_process.h"

/*
 * A time namespace is left out: its offsets can be written only before its first process exists
 * (time_namespaces(7)), so the process unshares it later.
 */
static unsigned int clone_flags(const struct namespaces *namespaces)
{
    unsigned int flags = 0;

    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (type != NAMESPACE_TIME && ns_set_has(namespaces->unshared, (enum ns_type)type))
            flags |= ns_types[type].clone_flag;
    return flags;
}

/* ---- stages -------------------------------------------------------------------------------- */

/*
 * The stage has joined namespaces. It creates the process as its sibling, a child of nsinit, and
 * ends: nsinit itself, as PID 1, may not use CLONE_PARENT (clone(2)). Returns in the process.
 */
static void run_stage(struct spawning *spawning, bool is_root)
{
    ns_set unshared = spawning->service.namespaces.unshared;
    const int *join_fds = spawning->join_fds.fds;

    /*
     * Only a child is in the joined PID namespace, and only such a child can create a new one
     * there: that child is a second stage.
     */
    if (join_fds[NAMESPACE_PID] >= 0 && ns_set_has(unshared, NAMESPACE_PID)) {
        child_become_sibling(spawning, 0);
        door_protect();
        child_check_sent(spawning, channel_send(spawning->channel_fd, CHANNEL_STAGE, 0, NULL));
    }
    /*
     * Root owns the map files of an undumpable process (proc(5)), so an ordinary user needs a
     * dumpable one until the maps of its new namespace are written.
     */
    if (!is_root && join_fds[NAMESPACE_USER] >= 0 && ns_set_has(unshared, NAMESPACE_USER))
        (void)prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
    child_become_sibling(spawning, clone_flags(&spawning->service.namespaces));
}

/* ---- the beginning ------------------------------------------------------------------------- */

/* The descriptors that the process needs until it executes its program. */
static struct kept_fds needed_fds(const struct spawning *spawning)
{
    const struct spawn_context *context = &spawning->context;
    struct kept_fds kept_fds = {.keeps_inherited = !context->is_exec};

    kept_fds.files[kept_fds.count++] = spawning->channel_fd;
    kept_fds.files[kept_fds.count++] = context->ready_fd;
    kept_fds.files[kept_fds.count++] = context->terminal_fd;
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        kept_fds.files[kept_fds.count++] = context->stdio[fd];
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        kept_fds.files[kept_fds.count++] = spawning->join_fds.fds[type];
    return kept_fds;
}

/*
 * Give up nsinit's descriptors, environment and visibility, except what the process needs, and take
 * over what it gets from the process of --enter. A process that creates a user namespace stays
 * dumpable until its maps are written; until then no other process is in that namespace.
 */
static void leave_nsinit(struct spawning *spawning, struct entered_process *entered)
{
    struct kept_fds kept_fds = needed_fds(spawning);

    /*
     * door_close_fds polls all descriptors. If it polled nsinit's epoll here, the epoll would ask
     * its signalfd for the signals of this process, find none, and drop nsinit's own as reported:
     * signalfd(2).
     */
    if (spawning->context.loop_fd >= 0)
        close(spawning->context.loop_fd);
    door_close_fds(&kept_fds);
    if (spawning->uses_stage || !ns_set_has(spawning->service.namespaces.unshared, NAMESPACE_USER))
        door_protect();
    if (entered_process_open(entered, &spawning->service, &spawning->join_fds, &spawning->error) <
        0)
        child_fail(spawning);
    if (program_wipe_environment(&spawning->service, spawning->context.inherited,
                                 &spawning->error) < 0)
        child_fail(spawning);
    if (spawning->context.is_exec)
        inherited_wipe_arguments(spawning->context.inherited, &spawning->service);
}

static void run_child(struct spawning *spawning)
{
    const struct settings *settings;
    struct entered_process entered;
    bool is_root = geteuid() == 0;
    int proc;

    leave_nsinit(spawning, &entered);
    settings = service_settings(&spawning->service);
    proc = setup_child_open_proc(&spawning->service);
    if (door_enter(&spawning->join_fds,
                   settings->keep_groups ? idmap_keep_joined_groups : idmap_set_joined_ids,
                   &spawning->error) < 0 ||
        entered_process_apply(&entered, &spawning->error) < 0)
        child_fail(spawning);
    child_open_net_socket(spawning, NET_OUTSIDE);
    if (!settings->keep_keyring &&
        setup_child_new_keyring(&spawning->service.namespaces, &spawning->join_fds,
                                &spawning->error) < 0)
        child_fail(spawning);
    if (spawning->context.is_exec) {
        nsfds_close(&spawning->join_fds);
        child_run_exec(spawning);
    }
    if (spawning->uses_stage)
        run_stage(spawning, is_root);
    nsfds_close(&spawning->join_fds);
    child_run(spawning, proc);
}

pid_t clone_fork(struct spawning *spawning, const int channel[2])
{
    unsigned int flags = spawning->uses_stage ? 0 : clone_flags(&spawning->service.namespaces);
    pid_t pid = clone_process(flags, SIGCHLD, 0);

    if (pid != 0)
        return pid;
    log_in_child();
    close(channel[0]);
    spawning->channel_fd = channel[1];
    run_child(spawning);
    return 0;
}
