/*
 * spawn.c - a service becomes a running process
 * Where nsinit may block, the child shares nsinit's memory until it executes the program (as with
 * vfork(2)): it reports a failure by writing it there, and nsinit runs on only when the outcome is
 * known. Everywhere else the child reports over a channel.
 */
#include "spawn/spawn.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "linux/proc.h"
#include "linux/syscalls.h"
#include "linux/vfork.h"
#include "linux/wait.h"
#include "mount/idmapped.h"
#include "mount/netns.h"
#include "mount/sources.h"
#include "spawn/channel.h"
#include "spawn/clone_error_private.h"
#include "spawn/clone_private.h"
#include "spawn/idmap_private.h"
#include "spawn/program_private.h"
#include "spawn/setup_steps_private.h"
#include "spawn/spawning_private.h"
#include "util/file.h"

/* Whether a vfork child shares memory: probed when it is first needed. */
static enum { UNKNOWN, SHARED, COPIED } shared_memory;

/* ---- with shared memory -------------------------------------------------------------------- */

/* The child's input, and its report of a failure. */
struct child {
    struct program *program;
    const struct spawn_context *context;
    struct program_failure failure;
};

static int child_main(void *argument)
{
    struct child *child = argument;

    if (program_set_session(child->program->service, child->context, &child->failure) == 0 &&
        program_apply(child->program, child->context, &child->failure) == 0)
        program_execute(child->program, child->context, &child->failure);
    _exit(1);
}

/* Returns SPAWN_STARTED or SPAWN_FAILED. */
static enum spawn_outcome run_program(struct spawning *spawning, struct program *program)
{
    char failed_path[PATH_MAX];
    struct child child = {
        .program = program, .context = &spawning->context, .failure = {.path = failed_path}};
    pid_t pid;

    /*
     * A child that changes its user would make nsinit, which shares its memory, undumpable. Then
     * root in a container, which lacks CAP_SYS_PTRACE, could not read nsinit's namespaces, nor
     * nsinit its inner init's.
     */
    pid = vfork_run(child_main, &child, 0, program->account.has_user);
    if (pid < 0) {
        error_subject(&spawning->error, "%s: fork", spawning->service.name);
        clone_error(-pid, false, &spawning->error);
        return SPAWN_FAILED;
    }
    /* A child that was killed before execve(2) has not failed: it has ended. */
    if (child.failure.error_number != 0) {
        (void)wait_for_child(pid, 0);
        program_error(program, &child.failure, &spawning->error);
        return SPAWN_FAILED;
    }
    spawning->pid = spawning->program = pid;
    return SPAWN_STARTED;
}

static enum spawn_outcome spawn_and_block(struct spawning *spawning)
{
    struct program program;
    enum spawn_outcome outcome = SPAWN_FAILED;

    spawning->context.notify_name = spawning->notify_name;
    if (program_prepare(&program, &spawning->service, &spawning->context, &spawning->error) == 0)
        outcome = run_program(spawning, &program);
    program_free(&program);
    /* The process is in nsinit's own namespaces. */
    if (outcome == SPAWN_STARTED)
        nsfds_open_of(&spawning->ns_fds, getpid(), spawning->context.ns_fds_wanted);
    return outcome;
}

static int set_flag(void *argument)
{
    *(bool *)argument = true;
    _exit(0);
}

static bool probe_shared_memory(void)
{
    bool is_shared = false;
    pid_t pid;

    if (sys_clone3(NULL, 0) >= 0 || errno != ENOSYS)
        return true;
    pid = vfork_run(set_flag, &is_shared, 0, false);
    if (pid < 0)
        return true;
    (void)wait_for_child(pid, 0);
    return is_shared;
}

/*
 * qemu-user, by which engines run images of other machines, makes a plain fork of vfork: the child
 * gets a copy of the memory, and the reason of its failure would be lost. qemu-user lacks clone3
 * too, so a child is needed to find out only where clone3 is ENOSYS, as in Docker.
 */
static bool child_shares_memory(void)
{
    if (shared_memory == UNKNOWN)
        shared_memory = probe_shared_memory() ? SHARED : COPIED;
    return shared_memory == SHARED;
}

/* ---- over a channel ------------------------------------------------------------------------ */

struct spawn_context spawn_context_plain(const struct inherited *inherited)
{
    return (struct spawn_context){.inherited = inherited,
                                  .loop_fd = -1,
                                  .terminal_fd = -1,
                                  .ready_fd = -1,
                                  .stdio = {-1, -1, -1}};
}

/*
 * A process in a user namespace has lost nsinit's rights over files, so nsinit opens the sources of
 * its mounts. That works in a copy of nsinit's own mount namespace only: in another one, a path may
 * lead anywhere.
 */
static bool receives_sources(const struct spawning *spawning)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;

    return (spawning->in_other_user_ns || idmapped_is_wanted(&namespaces->filesystem)) &&
           !spawning->context.is_exec && ns_set_has(namespaces->unshared, NAMESPACE_MNT) &&
           spawning->join_fds.fds[NAMESPACE_MNT] < 0 &&
           sources_count(&namespaces->filesystem) > 0 && proc_is_ours();
}

/* The process opens the sockets where it has joined namespaces: nsinit may not join any. */
static unsigned int net_sockets_wanted(const struct spawning *spawning)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;
    bool joins = spawning->join_fds.fds[NAMESPACE_NET] >= 0;

    if (namespaces->veth_count == 0 || spawning->context.is_exec)
        return 0;
    return (unsigned int)joins << NET_OUTSIDE |
           (unsigned int)namespaces_has_device(namespaces, false) << NET_INSIDE;
}

/*
 * Give nsinit's pipes, whose owner is unmapped in a new user namespace, to the root user of that
 * namespace, who can pass them on to the program's user: program.c.
 */
static void chown_pipes(const struct spawning *spawning)
{
    const struct spawn_context *context = &spawning->context;
    const struct namespaces *namespaces = &spawning->service.namespaces;
    unsigned int user;
    unsigned int group;

    if (!ns_set_has(namespaces->unshared, NAMESPACE_USER) || context->stdio_belongs_to_client ||
        !idmap_root_owner(namespaces, &user, &group))
        return;
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        file_give_pipe(context->stdio[fd] >= 0 ? context->stdio[fd] : fd, user, group);
}

/* A service with an entered mount namespace has the files of that namespace. */
static void prepare_netns(struct spawning *spawning)
{
    struct service *service = &spawning->service;
    const char **netns = &service->namespaces.filesystem.netns;

    if (*netns == NULL || spawning->context.is_exec)
        return;
    if (spawning->join_fds.fds[NAMESPACE_MNT] >= 0)
        *netns = NULL;
    else if (!ns_set_has(service->namespaces.unshared, NAMESPACE_MNT) &&
             !spawning->context.holds_shared_namespaces)
        netns_warn_of_files(service->name, *netns);
}

static bool has_other(const struct spawning *spawning, enum ns_type type)
{
    return ns_set_has(spawning->service.namespaces.unshared, type) ||
           spawning->join_fds.fds[type] >= 0;
}

static enum etc_files etc_files_of(const struct spawning *spawning)
{
    const struct filesystem *plan = &spawning->service.namespaces.filesystem;

    if (plan->etc_files == ETC_FILES_NO || plan->root == NULL)
        return ETC_FILES_NO;
    if (has_other(spawning, NAMESPACE_NET))
        return ETC_FILES_OF_NETWORK;
    return has_other(spawning, NAMESPACE_UTS) ? ETC_FILES_OF_HOST_NAME : ETC_FILES_NO;
}

static void prepare_namespaces(struct spawning *spawning)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;
    struct spawn_context *context = &spawning->context;

    spawning->has_other_namespaces = spawning_has_namespaces(spawning);
    spawning->uses_stage = spawning_needs_stage(spawning);
    context->ns_to_join = NULL;
    /* A hook may use all of them. */
    if (namespaces->hook_created != NULL)
        context->ns_fds_wanted = (1U << NAMESPACE_COUNT) - 1;
    if (namespaces->uses_pasta)
        context->ns_fds_wanted |= 1U << NAMESPACE_NET | 1U << NAMESPACE_USER;
    context->ns_fds_wanted |= persistent_types(namespaces);
    spawning->persistent =
        context->persistent != NULL ? context->persistent : &spawning->own_persistent;
    persistent_begin(spawning->persistent);
    spawning->in_other_user_ns = has_other(spawning, NAMESPACE_USER);
    spawning->service.namespaces.filesystem.etc_files = etc_files_of(spawning);
    spawning->receives_sources = receives_sources(spawning);
    if (spawning->receives_sources && idmapped_is_wanted(&namespaces->filesystem))
        context->ns_fds_wanted |= 1U << NAMESPACE_MNT | (unsigned int)spawning->in_other_user_ns
                                                            << NAMESPACE_USER;
    spawning->net_sockets_wanted = net_sockets_wanted(spawning);
    prepare_netns(spawning);
}

/* 0, or -1 with the error filled in. */
static int prepare_notify_socket(struct spawning *spawning)
{
    if (!spawning->context.makes_notify_socket)
        return 0;
    spawning->notify_fd = notify_socket_open_path(&spawning->notify_name);
    /* A process in other namespaces opens its own socket if this path leads elsewhere there. */
    if (spawning->notify_fd >= 0 || spawning->has_other_namespaces)
        return 0;
    spawning->notify_fd =
        notify_socket_open(&spawning->notify_name, spawning->service.name, &spawning->error);
    return spawning->notify_fd < 0 ? -1 : 0;
}

/* Prepare the data for both sides of the fork. Returns 0, or -1 with the error filled in. */
static int prepare(struct spawning *spawning)
{
    spawning->step = SPAWN_EXECUTING;
    spawning->helper_fd = spawning->channel_fd = spawning->root_fd = -1;
    spawning->notify_fd = spawning->terminal_fd = -1;
    spawning->net_sockets[NET_OUTSIDE] = spawning->net_sockets[NET_INSIDE] = -1;
    spawning->notify_name = spawning->context.notify_name;
    spawning->join_fds = spawning->ns_fds = nsfds_none();
    if (nsfds_open(&spawning->join_fds, &spawning->service.namespaces, spawning->context.ns_to_join,
                   &spawning->error) < 0)
        return -1;
    prepare_namespaces(spawning);
    chown_pipes(spawning);
    return prepare_notify_socket(spawning);
}

static enum spawn_step first_step(const struct spawning *spawning)
{
    if (spawning_reports_creation(spawning) || spawning_waits_for_parent(spawning))
        return SPAWN_CREATING;
    return SPAWN_EXECUTING;
}

static enum spawn_outcome spawn_over_channel(struct spawning *spawning)
{
    int ends[2];
    /*
     * nsinit gets the PIDs of the process that a stage creates, and of an inner init's program,
     * over the channel.
     */
    bool learns_pids =
        spawning->uses_stage || namespaces_has_inner_init(&spawning->service.namespaces);
    int result = channel_open(ends, learns_pids);
    pid_t pid;

    if (result < 0) {
        errno = -result;
        error_failed(&spawning->error, "%s: socketpair", spawning->service.name);
        return SPAWN_FAILED;
    }
    spawning->step = first_step(spawning);
    pid = clone_fork(spawning, ends);
    if (pid == 0)
        return SPAWN_IN_CHILD;
    close(ends[1]);
    spawning->channel_fd = ends[0];
    if (pid < 0) {
        error_subject(&spawning->error, "%s: %s", spawning->service.name,
                      spawning->has_other_namespaces ? "clone" : "fork");
        clone_error(-pid, ns_set_has(spawning->service.namespaces.unshared, NAMESPACE_USER),
                    &spawning->error);
        return SPAWN_FAILED;
    }
    if (!spawning->uses_stage)
        spawning->pid = pid;
    if (!spawning->on_child(spawning->owner, spawning->uses_stage ? SPAWN_STAGE : SPAWN_PROCESS,
                            pid)) {
        error_subject(&spawning->error, "%s", spawning->service.name);
        error_reason(&spawning->error, ERROR_FAILED, "out of memory");
        return SPAWN_FAILED;
    }
    /* When clone has created all namespaces, the process reports nothing first. */
    return spawning->step == SPAWN_CREATING && !spawning_reports_creation(spawning)
               ? setup_on_created(spawning)
               : SPAWN_PENDING;
}

bool spawn_blocks(const struct service *service, const struct spawn_context *context)
{
    return context->may_block && !namespaces_is_needed(&service->namespaces) &&
           context->ns_to_join == NULL && child_shares_memory();
}

enum spawn_outcome spawn_begin(struct spawning *spawning)
{
    bool blocks = spawn_blocks(&spawning->service, &spawning->context);
    enum spawn_outcome outcome = SPAWN_FAILED;

    if (prepare(spawning) == 0)
        outcome = blocks ? spawn_and_block(spawning) : spawn_over_channel(spawning);
    return outcome == SPAWN_FAILED ? spawning_fail(spawning) : outcome;
}
