/*
 * spawn.c - a service becomes a running process
 * Where nsinit may wait, the child shares our memory until it executes the program (as in
 * vfork(2)), so it tells a failure by writing it down, and we run on only when the outcome is
 * known.
 */
#include "spawn/spawn.h"

#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/syscalls.h"
#include "linux/wait.h"
#include "spawn/helper.h"
#include "spawn/idmap_private.h"
#include "spawn/clone_private.h"
#include "spawn/channel.h"
#include "spawn/program_private.h"
#include "spawn/clone_error_private.h"
#include "mount/sources.h"
#include "spawn/start_private.h"
#include "linux/vfork.h"
#include "util/file.h"
#include "linux/proc.h"

#ifdef NSINIT_COVERAGE
#include <gcov.h>
#endif

/* What the child reads, and where it writes down why it failed. */
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
     * Were it to make us undumpable, who has no CAP_SYS_PTRACE, as root in a container, could not
     * look at our namespaces any more, nor nsinit at those of its inner init.
     */
    pid = vfork_run(child_main, &child, 0, program->account.has_user);
#ifdef NSINIT_COVERAGE
    /* The child's exec has written our counts and marked them as written. */
    __gcov_reset();
#endif
    if (pid < 0) {
        error_subject(&spawning->error, "%s: fork", spawning->service.name);
        clone_error(-pid, false, &spawning->error);
        return SPAWN_FAILED;
    }
    /* Killed before it could execute anything, it has not failed: it has ended. */
    if (child.failure.error_number != 0) {
        (void)wait_for_child(pid, 0);
        program_error(program, &child.failure, &spawning->error);
        return SPAWN_FAILED;
    }
    spawning->pid = spawning->program = pid;
    return SPAWN_STARTED;
}

/* The child shares our memory until it has executed the program. */
static enum spawn_outcome spawn_and_wait(struct spawning *spawning)
{
    struct program program;
    enum spawn_outcome outcome = SPAWN_FAILED;

    spawning->context.notify_name = spawning->notify_name;
    if (program_prepare(&program, &spawning->service, &spawning->context, &spawning->error) == 0)
        outcome = run_program(spawning, &program);
    program_free(&program);
    /* It lives in nsinit's own namespaces. */
    if (outcome == SPAWN_STARTED)
        nsfds_open_of(&spawning->ns_fds, getpid(), spawning->context.ns_fds_wanted);
    return outcome;
}

static int mark(void *argument)
{
    *(volatile bool *)argument = true;
    _exit(0);
}

/*
 * qemu-user, by which engines run images of other machines, makes a plain fork of vfork: the
 * child's memory is a copy, and why it failed would be lost with it. It knows no clone3 either, so
 * only who may not call that, as in Docker, pays for one more child to find out.
 */
static bool child_shares_memory(void)
{
    static bool is_known;
    static volatile bool shares;
    pid_t pid;

    if (is_known)
        return shares;
    is_known = true;
    shares = syscall(SYS_clone3, NULL, 0UL) >= 0 || errno != ENOSYS;
    if (shares)
        return true;
    pid = vfork_run(mark, (void *)&shares, 0, false);
    if (pid < 0)
        shares = true;
    else
        (void)wait_for_child(pid, 0);
    return shares;
}

struct spawn_context spawn_context_plain(const struct inherited *inherited)
{
    return (struct spawn_context){.inherited = inherited,
                                  .loop_fd = -1,
                                  .terminal_fd = -1,
                                  .ready_fd = -1,
                                  .stdio = {-1, -1, -1}};
}

/*
 * A process in a user namespace has nsinit's rights over files no more. In a copy of nsinit's own
 * mount namespace nsinit opens them for it; in another one's, names may lead anywhere.
 */
static bool receives_sources(const struct spawning *spawning)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;

    return spawning->in_other_user_ns && !spawning->context.is_exec &&
           ns_set_has(namespaces->unshared, NAMESPACE_MNT) &&
           spawning->join_fds.fds[NAMESPACE_MNT] < 0 &&
           sources_count(&namespaces->filesystem) > 0 && proc_is_ours();
}

/* To root inside, to whom nsinit's pipes are nobody's, and who may give them away: program.c. */
static void give_pipes(const struct spawning *spawning)
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

/* What both sides need to know when they part. 0, or -1 with the error filled in. */
static int prepare(struct spawning *spawning)
{
    const struct spawn_context *context = &spawning->context;

    spawning->step = SPAWN_EXECUTING;
    spawning->helper_fd = spawning->channel_fd = spawning->notify_fd = spawning->terminal_fd = -1;
    spawning->root_fd = -1;
    spawning->notify_name = context->notify_name;
    spawning->join_fds = spawning->ns_fds = nsfds_none();
    if (nsfds_open(&spawning->join_fds, &spawning->service.namespaces, context->ns_to_join,
                   &spawning->error) < 0)
        return -1;
    spawning->has_other_namespaces = clone_is_needed(spawning);
    spawning->uses_stage = clone_needs_stage(spawning);
    spawning->context.ns_to_join = NULL;
    /* A hook may look at all of them. */
    if (spawning->service.namespaces.hook_created != NULL)
        spawning->context.ns_fds_wanted = (1U << NAMESPACE_COUNT) - 1;
    spawning->context.ns_fds_wanted |= persistent_types(&spawning->service.namespaces);
    spawning->persistent =
        context->persistent != NULL ? context->persistent : &spawning->own_persistent;
    persistent_begin(spawning->persistent);
    spawning->in_other_user_ns =
        ns_set_has(spawning->service.namespaces.unshared, NAMESPACE_USER) ||
        spawning->join_fds.fds[NAMESPACE_USER] >= 0;
    spawning->receives_sources = receives_sources(spawning);
    give_pipes(spawning);
    if (!context->makes_notify_socket)
        return 0;
    spawning->notify_fd = notify_socket_open_path(&spawning->notify_name);
    /* What lives elsewhere looks whether that leads there, and makes another one if not. */
    if (spawning->notify_fd >= 0 || spawning->has_other_namespaces)
        return 0;
    spawning->notify_fd =
        notify_socket_open(&spawning->notify_name, spawning->service.name, &spawning->error);
    return spawning->notify_fd < 0 ? -1 : 0;
}

/* What the process is to tell of before anything else. */
static enum spawn_step first_step(const struct spawning *spawning)
{
    if (clone_tells_of_creation(spawning) || clone_waits_for_outside(spawning))
        return SPAWN_CREATING;
    return SPAWN_EXECUTING;
}

static enum spawn_outcome spawn_over_link(struct spawning *spawning)
{
    int ends[2];
    /* What a stage makes, and an inner init's program, are known by their pids alone. */
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
        error_reason(&spawning->error, ERROR_FAILED, "no memory to wait for its process");
        return SPAWN_FAILED;
    }
    /* When clone has made all namespaces there is nothing to be told of that. */
    return spawning->step == SPAWN_CREATING && !clone_tells_of_creation(spawning)
               ? start_on_created(spawning)
               : SPAWN_PENDING;
}

bool spawn_blocks(const struct service *service, const struct spawn_context *context)
{
    return context->may_block && !namespaces_is_needed(&service->namespaces) &&
           context->ns_to_join == NULL && child_shares_memory();
}

enum spawn_outcome spawn_begin(struct spawning *spawning)
{
    bool waits = spawn_blocks(&spawning->service, &spawning->context);
    enum spawn_outcome outcome = SPAWN_FAILED;

    if (prepare(spawning) == 0)
        outcome = waits ? spawn_and_wait(spawning) : spawn_over_link(spawning);
    if (outcome == SPAWN_FAILED) {
        clone_error_adapt_hint(&spawning->error);
        spawn_abandon(spawning);
    }
    return outcome;
}
