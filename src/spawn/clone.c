/*
 * clone.c - the new process's side of a setup
 * One clone3(2) makes all namespaces. The process waits at the link while nsinit does what can be
 * done from outside only; it tells over the link how it went.
 */
#include "spawn/clone_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "spawn/idmap_private.h"
#include "spawn/setup_child_private.h"
#include "spawn/channel.h"
#include "spawn/program_private.h"
#include "spawn/clone_error_private.h"
#include "mount/sources.h"
#include "util/log.h"
#include "visit/door.h"
#include "visit/exec_terminal.h"

/* The exit code of a process that could not tell why it failed. */
enum { EXIT_UNTOLD = 125 };

/* The flags for clone: time is a matter of the child's own (KERNEL: offsets come first). */
static unsigned int clone_flags(const struct namespaces *namespaces)
{
    unsigned int flags = 0;

    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (type != NAMESPACE_TIME && ns_set_has(namespaces->unshared, (enum ns_type)type))
            flags |= ns_types[type].clone_flag;
    return flags;
}

/* A sibling of the caller's, which nsinit waits for. */
static pid_t clone_sibling(unsigned int flags)
{
    return clone_process(flags | CLONE_PARENT, 0, 0);
}

/* ---- what the service needs ---------------------------------------------------------------- */

static bool enters_any(const struct spawning *spawning)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (spawning->join_fds.fds[type] >= 0)
            return true;
    return false;
}

bool clone_is_needed(const struct spawning *spawning)
{
    return spawning->service.namespaces.unshared != 0 || enters_any(spawning);
}

/* Entering a PID namespace, or making others in what was entered, takes effect in a child only. */
bool clone_needs_stage(const struct spawning *spawning)
{
    return enters_any(spawning) && (spawning->service.namespaces.unshared != 0 ||
                                    spawning->join_fds.fds[NAMESPACE_PID] >= 0 ||
                                    spawning->join_fds.fds[NAMESPACE_TIME] >= 0);
}

/*
 * When clone returns, the namespaces are there, but for a time namespace, and but for what comes
 * through a stage.
 */
bool clone_tells_of_creation(const struct spawning *spawning)
{
    return spawning->uses_stage || spawning->context.ns_fds_wanted != 0 ||
           spawning->receives_sources ||
           ns_set_has(spawning->service.namespaces.unshared, NAMESPACE_TIME);
}

bool clone_waits_for_outside(const struct spawning *spawning)
{
    return spawning->has_other_namespaces && !spawning->context.is_exec;
}

/* ---- the end of what fails ----------------------------------------------------------------- */

static _Noreturn void give_up(const struct spawning *spawning)
{
    (void)channel_send(spawning->channel_fd, CHANNEL_FAILED, 0, &spawning->error);
    _exit(EXIT_UNTOLD);
}

/* What nsinit has not heard can't be waited for. */
static void tell_or_give_up(struct spawning *spawning, int result)
{
    if (result == 0)
        return;
    errno = -result;
    error_failed(&spawning->error, "%s: the link to nsinit", spawning->service.name);
    give_up(spawning);
}

static void explain_clone(struct spawning *spawning, int error_number)
{
    error_subject(&spawning->error, "%s: clone", spawning->service.name);
    clone_error(error_number, ns_set_has(spawning->service.namespaces.unshared, NAMESPACE_USER),
                &spawning->error);
}

/* ---- the steps of the process -------------------------------------------------------------- */

/* Files that came, for as many as there are sources. False: they are too many. */
static bool take_sources(const struct channel_attached *attached, int *sources, size_t *left)
{
    if (sources == NULL || attached->file_count > *left)
        return false;
    for (size_t i = 0; i < attached->file_count; i++)
        sources[i] = attached->files[i];
    *left -= attached->file_count;
    return true;
}

/*
 * Wait until the outside is ready, and for `count` files to have come, where some are to come. If
 * it has died, so do we.
 */
static void wait_for_outside(struct spawning *spawning, int *sources, size_t count)
{
    struct channel_attached attached;
    struct channel_message message;
    size_t left = count;
    int result;

    do
        result = channel_receive(spawning->channel_fd, &message, &attached, CHANNEL_FILES, true);
    while (result == 1 && message.kind == CHANNEL_SOURCES &&
           take_sources(&attached, sources + (count - left), &left));
    if (result == 1 && message.kind == CHANNEL_GO && left == 0)
        return;
    if (result >= 0)
        _exit(EXIT_UNTOLD);
    tell_or_give_up(spawning, result);
}

/* The outside is done, and so are the file systems and all else that the program will find. */
static void prepare_inside(struct spawning *spawning)
{
    const struct service *service = &spawning->service;
    size_t count = spawning->receives_sources ? sources_count(&service->namespaces.filesystem) : 0;
    int *sources = count > 0 ? malloc(count * sizeof *sources) : NULL;

    if (count > 0 && sources == NULL) {
        error_failed(&spawning->error, "%s: memory", service->name);
        give_up(spawning);
    }
    if (clone_waits_for_outside(spawning))
        wait_for_outside(spawning, sources, count);
    /* The maps, which only a dumpable process's owner may write, are there: proc(5). */
    door_protect();
    if (setup_child_prepare(service, spawning->in_other_user_ns, sources, &spawning->error) < 0)
        give_up(spawning);
    free(sources);
    door_protect();
}

/* The program's own file of that number is not to be in the way of telling what fails. */
static void make_way_for_ready_fd(struct spawning *spawning)
{
    int ready_fd = spawning->service.supervision.ready_fd;
    int moved;

    if (spawning->context.ready_fd < 0 || spawning->channel_fd != ready_fd)
        return;
    moved = fcntl(ready_fd, F_DUPFD_CLOEXEC, ready_fd + 1);
    if (moved < 0)
        _exit(EXIT_UNTOLD);
    close(ready_fd);
    spawning->channel_fd = moved;
}

/* Where the path does not lead to nsinit's: see notify_socket.h. */
static void make_notify_socket(struct spawning *spawning)
{
    int fd;

    if (!spawning->context.makes_notify_socket || !spawning->has_other_namespaces)
        return;
    if (notify_socket_is_reachable(&spawning->notify_name)) {
        tell_or_give_up(spawning, channel_send(spawning->channel_fd, CHANNEL_NOTIFY, 0, NULL));
        return;
    }
    fd = notify_socket_open(&spawning->notify_name, spawning->service.name, &spawning->error);
    if (fd < 0)
        give_up(spawning);
    tell_or_give_up(spawning, channel_send_files(spawning->channel_fd, CHANNEL_NOTIFY, 0, &fd, 1));
    close(fd);
}

/* Where nsinit is to look for sources: mount/sources.h. */
static int open_root(struct spawning *spawning)
{
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        return fd;
    error_failed(&spawning->error, "%s: /", spawning->service.name);
    give_up(spawning);
}

/*
 * The namespaces exist: nsinit gets those open that it asks for, from the process itself, which may
 * always look at its own. nsinit may not look at one that is not dumpable without CAP_SYS_PTRACE.
 */
static void tell_of_creation(struct spawning *spawning)
{
    int files[CHANNEL_FILES];
    ns_set set = 0;
    size_t count = 0;

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        int fd = ns_set_has(spawning->context.ns_fds_wanted, (enum ns_type)type)
                     ? nsfd_open_own(getpid(), (enum ns_type)type)
                     : -1;

        if (fd < 0)
            continue;
        files[count++] = fd;
        set |= 1U << type;
    }
    if (spawning->receives_sources)
        files[count++] = open_root(spawning);
    tell_or_give_up(spawning, channel_send_files(spawning->channel_fd, CHANNEL_CREATED, (int)set,
                                                 files, count));
    while (count > 0)
        close(files[--count]);
}

static _Noreturn void explain_program(struct spawning *spawning, const struct program *program,
                                      const struct program_failure *failure)
{
    program_error(program, failure, &spawning->error);
    give_up(spawning);
}

/* Nothing of the program's runs yet: its process group, session and terminal come first. */
static void take_place(struct spawning *spawning)
{
    char no_path[1];
    struct program_failure failure = {.path = no_path};
    struct program program = {.service = &spawning->service};

    if (program_set_session(&spawning->service, &spawning->context, &failure) < 0)
        explain_program(spawning, &program, &failure);
}

/* As PID 1 of its namespace the program's life is tied to ours by the kernel alone. */
static void prepare_program(struct spawning *spawning, struct program *program,
                            struct program_failure *failure)
{
    struct spawn_context *context = &spawning->context;

    if (spawning->service.namespaces.as_pid_1)
        context->parent_death_signal = SIGKILL;
    context->notify_name = spawning->notify_name;
    if (program_prepare(program, &spawning->service, context, &spawning->error) < 0)
        give_up(spawning);
    if (program_apply(program, context, failure) < 0)
        explain_program(spawning, program, failure);
    door_protect();
}

/* nsinit may have ended before the kernel was asked to tell that to us. */
static void end_with_outside(const struct spawning *spawning)
{
    struct pollfd link = {.fd = spawning->channel_fd};

    if (poll(&link, 1, 0) == 1 && (link.revents & POLLHUP) != 0)
        _exit(EXIT_UNTOLD);
}

static _Noreturn void execute_program(struct spawning *spawning, struct program *program,
                                      struct program_failure *failure)
{
    /* After the last change of credentials, which clears it: prctl(2). */
    (void)prctl(PR_SET_PDEATHSIG, spawning->context.parent_death_signal);
    if (spawning->context.parent_death_signal == SIGKILL)
        end_with_outside(spawning);
    program_execute(program, &spawning->context, failure);
    explain_program(spawning, program, failure);
}

/* Not inlined: its buffers would be part of an inner init's stack. */
__attribute__((noinline)) static _Noreturn void run_program(struct spawning *spawning)
{
    char failed_path[PATH_MAX];
    struct program_failure failure = {.path = failed_path};
    struct program program;

    prepare_program(spawning, &program, &failure);
    inherited_wipe_arguments(spawning->context.inherited, program.service);
    execute_program(spawning, &program, &failure);
}

/* Returns only in an inner init and in a sandbox. */
static void be_inside(struct spawning *spawning, int proc)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;

    door_die_with_parent();
    make_way_for_ready_fd(spawning);
    take_place(spawning);
    if (setup_child_set_clocks(namespaces, proc, &spawning->error) < 0)
        give_up(spawning);
    if (clone_tells_of_creation(spawning))
        tell_of_creation(spawning);
    prepare_inside(spawning);
    make_notify_socket(spawning);
    if (!namespaces_has_inner_init(namespaces) && !spawning->context.holds_shared_namespaces)
        run_program(spawning);
    inherited_wipe_arguments(spawning->context.inherited, &spawning->service);
    end_with_outside(spawning);
}

/* ---- a visit ------------------------------------------------------------------------------- */

/* The terminal of whoever asked may be one of another devpts, where ttyname(3) finds none for it.
 */
static void replace_terminal(struct spawning *spawning)
{
    int controller;

    if (!spawning->context.replaces_terminal)
        return;
    controller = exec_terminal_replace(spawning->context.stdio, &spawning->context.terminal_fd);
    if (controller < 0)
        return;
    tell_or_give_up(spawning,
                    channel_send_files(spawning->channel_fd, CHANNEL_TERMINAL, 0, &controller, 1));
    close(controller);
}

/*
 * A command in a service's namespaces has given up all rights that the service has not before the
 * service can see it: its PID namespace is entered last, by a child.
 */
static _Noreturn void command(struct spawning *spawning)
{
    char failed_path[PATH_MAX];
    struct program_failure failure = {.path = failed_path};
    struct program program;
    pid_t pid = 0;

    replace_terminal(spawning);
    setup_child_enter_directory(&spawning->service.namespaces);
    prepare_program(spawning, &program, &failure);
    if (spawning->uses_stage)
        pid = clone_sibling(0);
    if (pid > 0)
        _exit(0);
    if (pid < 0) {
        explain_clone(spawning, -pid);
        give_up(spawning);
    }
    door_protect();
    if (spawning->uses_stage)
        tell_of_creation(spawning);
    take_place(spawning);
    execute_program(spawning, &program, &failure);
}

/* ---- stages -------------------------------------------------------------------------------- */

/*
 * A PID namespace is entered by a child only, and only who is in one makes new ones there: then a
 * second stage does, a sibling of the first.
 */
static void run_second_stage(struct spawning *spawning)
{
    pid_t pid = clone_sibling(0);

    if (pid > 0)
        _exit(0);
    if (pid < 0) {
        explain_clone(spawning, -pid);
        give_up(spawning);
    }
    door_protect();
    tell_or_give_up(spawning, channel_send(spawning->channel_fd, CHANNEL_STAGE, 0, NULL));
}

/*
 * The stage has joined. It makes the process as its sibling (nsinit's own child, though as PID 1
 * nsinit may not ask for that itself), and ends. Returns in the process.
 */
static void run_stage(struct spawning *spawning, bool is_root)
{
    ns_set unshared = spawning->service.namespaces.unshared;
    const int *join_fds = spawning->join_fds.fds;
    pid_t pid;

    if (join_fds[NAMESPACE_PID] >= 0 && ns_set_has(unshared, NAMESPACE_PID))
        run_second_stage(spawning);
    /*
     * The maps of one that is not dumpable are root's (proc(5)): for an ordinary user's new
     * namespace in one that was entered it has to be, until they are written.
     */
    if (!is_root && join_fds[NAMESPACE_USER] >= 0 && ns_set_has(unshared, NAMESPACE_USER))
        (void)prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
    pid = clone_sibling(clone_flags(&spawning->service.namespaces));
    if (pid == 0)
        return;
    if (pid > 0)
        _exit(0);
    explain_clone(spawning, -pid);
    if (pid == -ENOMEM && join_fds[NAMESPACE_PID] >= 0)
        error_reason(&spawning->error, ERROR_FAILED, "the PID namespace to enter has ended");
    give_up(spawning);
}

/* ---- the beginning ------------------------------------------------------------------------- */

/* The files that the process needs until it executes its program. */
static struct kept_fds pack(const struct spawning *spawning)
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
 * Of nsinit's files, environment and rights to look at it the process keeps what it needs. One that
 * makes a user namespace stays dumpable until its maps are written: until then it is alone in
 * there.
 */
static void leave_nsinit(struct spawning *spawning)
{
    struct kept_fds kept_fds = pack(spawning);

    /*
     * To look for open files is to poll them. An epoll that is polled here would look at nsinit's
     * signalfd, find no signals of this process's, and take nsinit's own for told: signalfd(2).
     */
    if (spawning->context.loop_fd >= 0)
        close(spawning->context.loop_fd);
    door_close_fds(&kept_fds);
    if (program_wipe_environment(&spawning->service, spawning->context.inherited,
                                 &spawning->error) < 0)
        give_up(spawning);
    if (spawning->context.is_exec)
        inherited_wipe_arguments(spawning->context.inherited, &spawning->service);
    if (spawning->uses_stage || !ns_set_has(spawning->service.namespaces.unshared, NAMESPACE_USER))
        door_protect();
}

static void run_inside(struct spawning *spawning)
{
    bool is_root = geteuid() == 0;
    int proc;

    leave_nsinit(spawning);
    proc = setup_child_open_proc(&spawning->service.namespaces);
    if (door_enter(&spawning->join_fds, idmap_set_joined_ids, &spawning->error) < 0)
        give_up(spawning);
    if (!service_settings(&spawning->service)->keep_keyring &&
        setup_child_new_keyring(&spawning->service.namespaces, &spawning->join_fds,
                                &spawning->error) < 0)
        give_up(spawning);
    if (spawning->context.is_exec) {
        nsfds_close(&spawning->join_fds);
        command(spawning);
    }
    if (spawning->uses_stage)
        run_stage(spawning, is_root);
    nsfds_close(&spawning->join_fds);
    be_inside(spawning, proc);
}

pid_t clone_fork(struct spawning *spawning, const int link_fds[2])
{
    unsigned int flags = spawning->uses_stage ? 0 : clone_flags(&spawning->service.namespaces);
    pid_t pid = clone_process(flags, SIGCHLD, 0);

    if (pid != 0)
        return pid;
    log_write_by(NULL);
    close(link_fds[0]);
    spawning->channel_fd = link_fds[1];
    run_inside(spawning);
    return 0;
}
