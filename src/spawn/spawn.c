/*
 * spawn.c - a service becomes a running process
 * Without namespaces the child shares our memory until it executes the program (as in vfork(2)),
 * so it tells a failure by writing it down, and we run on only when the outcome is known.
 */
#include "spawn/spawn.h"

#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "spawn/calls.h"
#include "spawn/command.h"
#include "spawn/isolate.h"
#include "spawn/program.h"
#include "spawn/refusal.h"
#include "spawn/vfork.h"

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

    if (program_take_place(child->program->service, child->context, &child->failure) == 0)
        program_execute(child->program, child->context, &child->failure);
    _exit(1);
}

static int run_program(struct program *program, const struct spawn_context *context,
                       struct spawned *spawned, struct error *error)
{
    char failed_path[PATH_MAX];
    struct child child = {.program = program, .context = context, .failure = {.path = failed_path}};
    pid_t pid;

    /*
     * Were it to make us undumpable, who has no CAP_SYS_PTRACE, as root in a container, could not
     * look at our namespaces any more, nor nsinit at those of its inner init, which health checks
     * and nsctl exec enter.
     */
    pid = vfork_run(child_main, &child, 0, program->account.has_user);
#ifdef NSINIT_COVERAGE
    /* The child's exec has written our counts and marked them as written. */
    __gcov_reset();
#endif
    if (pid < 0) {
        error_subject(error, "%s: fork", program->service->name);
        return refusal_explain(-pid, false, error);
    }
    /* Killed before it could execute anything, it has not failed: it has ended. */
    if (child.failure.error_number != 0) {
        (void)command_wait(pid);
        return program_explain(program, &child.failure, error);
    }
    *spawned = (struct spawned){.pid = pid, .program = pid, .link_fd = -1, .notify_fd = -1};
    return 0;
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
        (void)command_wait(pid);
    return shares;
}

struct spawn_context spawn_context_plain(const struct inherited *inherited)
{
    return (struct spawn_context){
        .inherited = inherited, .terminal_fd = -1, .ready_fd = -1, .stdio = {-1, -1, -1}};
}

static int spawn_beside(const struct service *service, struct spawn_context context,
                        struct spawned *spawned, struct error *error)
{
    struct program program;
    int notify_fd = -1;
    int result;

    /* In nsinit's own network namespace, which is the service's. */
    if (context.makes_notify_socket) {
        notify_fd = notify_socket_open(&context.notify_name, service->name, error);
        if (notify_fd < 0)
            return -1;
    }
    result = program_prepare(&program, service, &context, error);
    if (result == 0)
        result = run_program(&program, &context, spawned, error);
    program_free(&program);
    if (result < 0) {
        if (notify_fd >= 0)
            close(notify_fd);
        return result;
    }
    spawned->notify_fd = notify_fd;
    /* It is in nsinit's own namespaces. */
    if (context.lent != NULL)
        namespaces_open_of(context.lent, getpid(), context.lends);
    return 0;
}

int spawn_service(const struct service *service, const struct spawn_context *context,
                  struct spawned *spawned, struct error *error)
{
    if (isolation_is_needed(&service->isolation) || context->given != NULL ||
        !child_shares_memory())
        return isolate_spawn(service, context, spawned, error);
    return spawn_beside(service, *context, spawned, error);
}
