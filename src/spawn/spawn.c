/*
 * spawn.c - a service becomes a running process
 * Without namespaces the child shares our memory until it executes the program (as in vfork(2)),
 * so it tells a failure by writing it down, and we run on only when the outcome is known.
 */
#include "spawn/spawn.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawn/calls.h"
#include "spawn/isolate.h"
#include "spawn/program.h"
#include "spawn/refusal.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif
#ifdef NSINIT_COVERAGE
#include <gcov.h>
#endif

/* Room for the child's calls, two paths among them (exec.c). */
enum { CHILD_STACK_SIZE = 16 * 1024 };

/* What the child reads, and where it writes down why it failed. */
struct child {
    struct program *program;
    const struct spawn_context *context;
    char *const *arguments;
    struct program_failure *failure;
    bool has_failed;
};

static int child_main(void *argument)
{
    struct child *child = argument;

    child->has_failed = true;
    if (program_take_place(child->program->service, child->context, child->failure) == 0)
        program_execute(child->program, child->context, child->arguments, child->failure);
    _exit(1);
}

/*
 * A child that becomes another user makes the memory that it shares with us undumpable: prctl(2).
 * Then who has no CAP_SYS_PTRACE, as root in a container, can't look at our namespaces any more,
 * nor nsinit at those of its inner init, which health checks and nsctl exec enter.
 */
static bool is_to_stay_dumpable(const struct child *child)
{
    return child->program->account.has_user && prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) == 1;
}

/* The child's pid, or a negative errno when there could be none. Its failure is in `child`. */
static pid_t run_child(struct child *child)
{
    _Alignas(16) char stack[CHILD_STACK_SIZE];
    bool stays_dumpable = is_to_stay_dumpable(child);
    pid_t pid;

    child->has_failed = false;
    pid = clone(child_main, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, child);
    if (stays_dumpable)
        (void)prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
#ifdef __SANITIZE_ADDRESS__
    /* The child's functions never returned, so what they marked as out of bounds still is. */
    __asan_unpoison_memory_region(stack, sizeof stack);
#endif
#ifdef NSINIT_COVERAGE
    /* The child's exec has written our counts and marked them as written. */
    __gcov_reset();
#endif
    return pid < 0 ? -errno : pid;
}

/* One attempt to run `arguments` as the service: its pid, 0 if it failed, or a negative errno. */
static pid_t attempt(struct child *child, char *const *arguments)
{
    pid_t pid;

    child->arguments = arguments;
    pid = run_child(child);
    if (pid < 0)
        return pid;
    /* Killed before it could execute anything, it has not failed: it has ended. */
    if (child->has_failed && child->failure->error_number != 0) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
        return 0;
    }
    return pid;
}

static int run_program(struct program *program, const struct spawn_context *context,
                       struct spawned *spawned, struct error *error)
{
    char failed_path[PATH_MAX];
    struct program_failure failure = {.path = failed_path};
    struct child child = {.program = program, .context = context, .failure = &failure};
    pid_t pid = attempt(&child, program->service->arguments);

    if (pid == 0) {
        char script_path[PATH_MAX];
        char **script = program_as_script(program, &failure, script_path);

        if (script != NULL) {
            failure.error_number = 0;
            pid = attempt(&child, script);
            free(script);
        }
    }
    if (pid == 0)
        return program_explain(program, &failure, error);
    if (pid < 0) {
        error_subject(error, "%s: fork", program->service->name);
        return refusal_explain(-pid, false, error);
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
    _Alignas(16) char stack[CHILD_STACK_SIZE];
    static bool is_known;
    static volatile bool shares;
    pid_t pid;

    if (is_known)
        return shares;
    is_known = true;
    shares = syscall(SYS_clone3, NULL, 0UL) >= 0 || errno != ENOSYS;
    if (shares)
        return true;
    pid = clone(mark, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)&shares);
    if (pid < 0)
        shares = true;
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return shares;
}

struct spawn_context spawn_context_plain(const struct inherited *inherited)
{
    return (struct spawn_context){
        .inherited = inherited, .terminal_fd = -1, .ready_fd = -1, .stdio = {-1, -1, -1}};
}

/* In nsinit's own network namespace, which is the service's. */
static int open_notify_socket(struct spawn_context *context, const struct service *service,
                              struct error *error)
{
    int fd;

    if (!context->makes_notify_socket)
        return -1;
    fd = notify_socket_open(&context->notify_name);
    if (fd < 0) {
        errno = -fd;
        error_failed(error, "%s: the socket for sd_notify", service->name);
    }
    return fd;
}

static int spawn_beside(const struct service *service, struct spawn_context context,
                        struct spawned *spawned, struct error *error)
{
    int notify_fd = open_notify_socket(&context, service, error);
    struct program program;
    int result;

    if (context.makes_notify_socket && notify_fd < 0)
        return -1;
    result = program_prepare(&program, service, &context, error);
    if (result == 0)
        result = run_program(&program, &context, spawned, error);
    /* It is in nsinit's own namespaces. */
    if (result == 0 && context.lent != NULL)
        namespaces_open_of(context.lent, getpid(), context.lends);
    program_free(&program);
    if (result < 0 && notify_fd >= 0)
        close(notify_fd);
    else
        spawned->notify_fd = notify_fd;
    return result;
}

int spawn_service(const struct service *service, const struct spawn_context *context,
                  struct spawned *spawned, struct error *error)
{
    if (isolation_is_needed(&service->isolation) || context->given != NULL ||
        !child_shares_memory())
        return isolate_spawn(service, context, spawned, error);
    return spawn_beside(service, *context, spawned, error);
}
