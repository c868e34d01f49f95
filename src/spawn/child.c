/*
 * child.c - the new process's side of a setup, once it is in its namespaces
 * The process reports its namespaces over the channel, waits while nsinit does what only a process
 * outside of them can do, sets up the rest itself, and executes the program.
 */
#include "spawn/child_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "mount/sources.h"
#include "spawn/channel.h"
#include "spawn/clone_error_private.h"
#include "spawn/program_private.h"
#include "spawn/setup_child_private.h"
#include "spawn/spawning_private.h"
#include "visit/door.h"
#include "visit/exec_terminal.h"

/* The exit code of a process that could not report why it failed. */
enum { EXIT_UNREPORTED = 125 };

/* ---- failure ------------------------------------------------------------------------------- */

_Noreturn void child_fail(const struct spawning *spawning)
{
    (void)channel_send(spawning->channel_fd, CHANNEL_FAILED, 0, &spawning->error);
    _exit(EXIT_UNREPORTED);
}

void child_check_sent(struct spawning *spawning, int result)
{
    if (result == 0)
        return;
    errno = -result;
    error_failed(&spawning->error, "%s: send to nsinit", spawning->service.name);
    child_fail(spawning);
}

static _Noreturn void fail_program(struct spawning *spawning, const struct program *program,
                                   const struct program_failure *failure)
{
    program_error(program, failure, &spawning->error);
    child_fail(spawning);
}

void child_become_sibling(struct spawning *spawning, unsigned int flags)
{
    pid_t pid = clone_process(flags | CLONE_PARENT, 0, 0);

    if (pid == 0)
        return;
    if (pid > 0)
        _exit(0);
    error_subject(&spawning->error, "%s: clone", spawning->service.name);
    clone_error(-pid, ns_set_has(spawning->service.namespaces.unshared, NAMESPACE_USER),
                &spawning->error);
    /* The first process of a PID namespace has ended: pid_namespaces(7). */
    if (pid == -ENOMEM && spawning->join_fds.fds[NAMESPACE_PID] >= 0)
        error_reason(&spawning->error, ERROR_FAILED, "the PID namespace to enter has ended");
    child_fail(spawning);
}

/* ---- namespaces ---------------------------------------------------------------------------- */

/* nsinit looks up the sources of mounts below this root: mount/sources.h. */
static int open_root(struct spawning *spawning)
{
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        return fd;
    error_failed(&spawning->error, "%s: open /", spawning->service.name);
    child_fail(spawning);
}

void child_open_net_socket(struct spawning *spawning, enum net_socket place)
{
    if ((spawning->net_sockets_wanted >> place & 1) == 0)
        return;
    spawning->net_sockets[place] = net_devices_socket(&spawning->error);
    if (spawning->net_sockets[place] < 0)
        child_fail(spawning);
}

/*
 * Send descriptors of the process's own namespaces, which it may always open. Without
 * CAP_SYS_PTRACE nsinit may not open the namespaces of an undumpable process: proc(5).
 */
static void report_creation(struct spawning *spawning)
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
    child_open_net_socket(spawning, NET_INSIDE);
    for (int i = 0; i < NET_SOCKETS; i++)
        if (spawning->net_sockets[i] >= 0)
            files[count++] = spawning->net_sockets[i];
    child_check_sent(spawning, channel_send_files(spawning->channel_fd, CHANNEL_CREATED, (int)set,
                                                  files, count));
    while (count > 0)
        close(files[--count]);
}

/*
 * Store the descriptors of a message, or -1 for a missing source; `left` of `sources` are still
 * free. False: too many came.
 */
static bool store_sources(struct channel_attached *attached, int *sources, size_t *left)
{
    if (attached->file_count == 0)
        attached->files[attached->file_count++] = -1;
    if (sources == NULL || attached->file_count > *left)
        return false;
    for (size_t i = 0; i < attached->file_count; i++)
        sources[i] = attached->files[i];
    *left -= attached->file_count;
    return true;
}

/* Wait for nsinit's go, and for `count` sources before it. Ends if nsinit has ended. */
static void wait_for_go(struct spawning *spawning, int *sources, size_t count)
{
    struct channel_attached attached;
    struct channel_message message;
    size_t left = count;
    int result;

    do
        result = channel_receive(spawning->channel_fd, &message, &attached, CHANNEL_FILES, true);
    while (result == 1 && message.kind == CHANNEL_SOURCES &&
           store_sources(&attached, sources + (count - left), &left));
    if (result == 1 && message.kind == CHANNEL_GO && left == 0)
        return;
    if (result >= 0)
        _exit(EXIT_UNREPORTED);
    child_check_sent(spawning, result);
}

/* Wait for nsinit, then set up the namespaces from inside. */
static void set_up_namespaces(struct spawning *spawning, int proc)
{
    const struct service *service = &spawning->service;
    size_t count = spawning->receives_sources ? sources_count(&service->namespaces.filesystem) : 0;
    int *sources = count > 0 ? malloc(count * sizeof *sources) : NULL;

    if (count > 0 && sources == NULL) {
        error_failed(&spawning->error, "%s: malloc", service->name);
        child_fail(spawning);
    }
    if (spawning->has_other_namespaces)
        wait_for_go(spawning, sources, count);
    /* Only now: the owner of a process may write its ID maps while it is dumpable only (proc(5)).
     */
    door_protect();
    if (setup_child_prepare(service, spawning->in_other_user_ns, sources, proc, &spawning->error) <
        0)
        child_fail(spawning);
    free(sources);
    door_protect();
}

/* ---- the program --------------------------------------------------------------------------- */

/* Free the number of the program's ready_fd for it, if the channel happens to have that number. */
static void move_channel(struct spawning *spawning)
{
    int ready_fd = spawning->service.supervision.ready_fd;
    int moved;

    if (spawning->context.ready_fd < 0 || spawning->channel_fd != ready_fd)
        return;
    moved = fcntl(ready_fd, F_DUPFD_CLOEXEC, ready_fd + 1);
    if (moved < 0)
        _exit(EXIT_UNREPORTED);
    close(ready_fd);
    spawning->channel_fd = moved;
}

/* Open a notify socket here if nsinit's cannot be reached by its path: notify_socket_private.h. */
static void open_notify_socket(struct spawning *spawning)
{
    int fd;

    if (!spawning->context.makes_notify_socket || !spawning->has_other_namespaces)
        return;
    if (notify_socket_is_reachable(&spawning->notify_name)) {
        child_check_sent(spawning, channel_send(spawning->channel_fd, CHANNEL_NOTIFY, 0, NULL));
        return;
    }
    fd = notify_socket_open(&spawning->notify_name, spawning->service.name, &spawning->error);
    if (fd < 0)
        child_fail(spawning);
    child_check_sent(spawning, channel_send_files(spawning->channel_fd, CHANNEL_NOTIFY, 0, &fd, 1));
    close(fd);
}

static void set_session(struct spawning *spawning)
{
    char no_path[1];
    struct program_failure failure = {.path = no_path};
    struct program program = {.service = &spawning->service};

    if (program_set_session(&spawning->service, &spawning->context, &failure) < 0)
        fail_program(spawning, &program, &failure);
}

static void prepare_program(struct spawning *spawning, struct program *program,
                            struct program_failure *failure)
{
    struct spawn_context *context = &spawning->context;

    /* PID 1 of a namespace has no inner init that would end it with nsinit. */
    if (spawning->service.namespaces.as_pid_1)
        context->parent_death_signal = SIGKILL;
    context->notify_name = spawning->notify_name;
    if (program_prepare(program, &spawning->service, context, &spawning->error) < 0)
        child_fail(spawning);
    if (program_apply(program, context, failure) < 0)
        fail_program(spawning, program, failure);
    door_protect();
}

/* nsinit may have ended before PR_SET_PDEATHSIG. */
static void exit_if_parent_ended(const struct spawning *spawning)
{
    struct pollfd channel = {.fd = spawning->channel_fd};

    if (poll(&channel, 1, 0) == 1 && (channel.revents & POLLHUP) != 0)
        _exit(EXIT_UNREPORTED);
}

static _Noreturn void execute_program(struct spawning *spawning, struct program *program,
                                      struct program_failure *failure)
{
    /* After the last change of credentials, which clears it: prctl(2). */
    (void)prctl(PR_SET_PDEATHSIG, spawning->context.parent_death_signal);
    if (spawning->context.parent_death_signal == SIGKILL)
        exit_if_parent_ended(spawning);
    program_execute(program, &spawning->context, failure);
    fail_program(spawning, program, failure);
}

/* Not inlined: an inner init would keep the buffers on its stack. */
__attribute__((noinline)) static _Noreturn void run_program(struct spawning *spawning)
{
    char failed_path[PATH_MAX];
    struct program_failure failure = {.path = failed_path};
    struct program program;

    prepare_program(spawning, &program, &failure);
    inherited_wipe_arguments(spawning->context.inherited, program.service);
    execute_program(spawning, &program, &failure);
}

void child_run(struct spawning *spawning, int proc)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;

    door_die_with_parent();
    move_channel(spawning);
    set_session(spawning);
    if (setup_child_set_clocks(namespaces, proc, &spawning->error) < 0)
        child_fail(spawning);
    if (spawning_reports_creation(spawning))
        report_creation(spawning);
    set_up_namespaces(spawning, proc);
    open_notify_socket(spawning);
    if (!namespaces_has_inner_init(namespaces) && !spawning->context.holds_shared_namespaces)
        run_program(spawning);
    inherited_wipe_arguments(spawning->context.inherited, &spawning->service);
    exit_if_parent_ended(spawning);
}

/* ---- a command in a running service -------------------------------------------------------- */

/* ttyname(3) finds no name for a terminal of another devpts than the service's. */
static void replace_terminal(struct spawning *spawning)
{
    int controller;

    if (!spawning->context.replaces_terminal)
        return;
    controller = exec_terminal_replace(spawning->context.stdio, &spawning->context.terminal_fd);
    if (controller < 0)
        return;
    child_check_sent(spawning,
                     channel_send_files(spawning->channel_fd, CHANNEL_TERMINAL, 0, &controller, 1));
    close(controller);
}

/*
 * The command drops all rights that the service lacks before the service can see the process: a
 * child enters the PID namespace, last.
 */
_Noreturn void child_run_exec(struct spawning *spawning)
{
    char failed_path[PATH_MAX];
    struct program_failure failure = {.path = failed_path};
    struct program program;

    replace_terminal(spawning);
    setup_child_enter_directory(&spawning->service.namespaces);
    prepare_program(spawning, &program, &failure);
    if (spawning->uses_stage)
        child_become_sibling(spawning, 0);
    door_protect();
    if (spawning->uses_stage)
        report_creation(spawning);
    set_session(spawning);
    execute_program(spawning, &program, &failure);
}
