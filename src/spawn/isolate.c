/*
 * isolate.c - a service becomes a process in namespaces of its own or of others
 * One clone3(2) makes them all. The process waits at the link while nsinit does what can be done
 * from outside only; it tells over the link how it went.
 */
#include "spawn/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "spawn/calls.h"
#include "spawn/command.h"
#include "spawn/enter.h"
#include "spawn/inside.h"
#include "spawn/link.h"
#include "spawn/outside.h"
#include "spawn/program.h"
#include "spawn/refusal.h"

/* The kernel's struct clone_args, in its first version: clone(2). */
struct clone3_arguments {
    uint64_t flags;
    uint64_t pidfd;
    uint64_t child_tid;
    uint64_t parent_tid;
    uint64_t exit_signal;
    uint64_t stack;
    uint64_t stack_size;
    uint64_t tls;
};

/* What both sides know when they part. */
struct isolated {
    const struct service *service;
    const struct isolation *isolation;
    struct error *error; /* each side's own */
    const struct spawn_context *context;
    struct notify_name notify_name; /* inside: the context's, or of what was made there */
    int notify_fd;
    struct open_namespaces entered;
    int link_fd; /* one's own end */
    bool by_stage;
    bool another_user; /* a user namespace other than nsinit's */
    pid_t pid;
    pid_t program; /* the inner init's child; 0: not known to be another */
};

/* The flags for clone: time is a matter of the child's own (KERNEL: offsets come first). */
static unsigned int clone_flags(const struct isolation *isolation)
{
    unsigned int flags = 0;

    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (type != NAMESPACE_TIME &&
            namespaces_have(isolation->unshared, (enum namespace_type)type))
            flags |= namespace_kinds[type].clone_flag;
    return flags;
}

static int explain_clone(const struct isolated *isolated, int error_number)
{
    error_subject(isolated->error, "%s: clone", isolated->service->name);
    return refusal_explain(error_number,
                           namespaces_have(isolated->isolation->unshared, NAMESPACE_USER),
                           isolated->error);
}

/* As fork(2), with flags. Returns a negative errno on failure. */
static pid_t clone_process(unsigned int flags)
{
    bool as_sibling = (flags & CLONE_PARENT) != 0;
    struct clone3_arguments arguments = {.flags = flags, .exit_signal = as_sibling ? 0 : SIGCHLD};
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);

    /* Docker's seccomp profile says so to make callers use clone, which it can look into. */
    if (pid < 0 && errno == ENOSYS)
#ifdef __s390x__
        pid = syscall(SYS_clone, 0L, (unsigned long)flags | SIGCHLD, 0L, 0L, 0L);
#else
        pid = syscall(SYS_clone, (unsigned long)flags | SIGCHLD, 0L, 0L, 0L, 0L);
#endif
    return pid < 0 ? -errno : (pid_t)pid;
}

/* ---- inside ------------------------------------------------------------------------------- */

static _Noreturn void give_up(const struct isolated *isolated)
{
    link_tell(isolated->link_fd, LINK_FAILED, 0, isolated->error);
    _exit(1);
}

/* Wait until the outside is ready. If it has died, so do we. */
static void wait_for_outside(const struct isolated *isolated)
{
    struct link_message message;

    if (link_receive(isolated->link_fd, &message, NULL, NULL, 1) != 1)
        _exit(1);
}

/* The program's own file of that number is not to be in the way of telling what fails. */
static void make_way_for_ready_fd(struct isolated *isolated)
{
    int ready_fd = isolated->service->supervision.ready_fd;
    int moved;

    if (isolated->context->ready_fd < 0 || isolated->link_fd != ready_fd)
        return;
    moved = fcntl(ready_fd, F_DUPFD_CLOEXEC, ready_fd + 1);
    if (moved < 0)
        _exit(1);
    close(ready_fd);
    isolated->link_fd = moved;
}

/* In the service's network namespace: see notify_socket.h. */
static void make_notify_socket(struct isolated *isolated)
{
    int fd;

    if (!isolated->context->makes_notify_socket)
        return;
    fd = notify_socket_open(&isolated->notify_name, isolated->service->name, isolated->error);
    if (fd < 0)
        give_up(isolated);
    link_tell_file(isolated->link_fd, LINK_NOTIFY, fd);
    close(fd);
}

/* As PID 1 of its namespace the program's life is tied to ours by the kernel alone. */
static void tie_to_outside(const struct isolated *isolated)
{
    struct pollfd link = {.fd = isolated->link_fd};

    if (!isolated->isolation->as_pid_1)
        return;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* It may have died before the prctl. */
    if (poll(&link, 1, 0) == 1 && (link.revents & POLLHUP) != 0)
        _exit(1);
}

__attribute__((noinline)) static _Noreturn void run_program(const struct isolated *isolated)
{
    struct spawn_context context = *isolated->context;
    char failed_path[PATH_MAX];
    struct program_failure failure = {.path = failed_path};
    struct program program;

    if (isolated->isolation->as_pid_1)
        context.parent_death_signal = SIGKILL;
    context.notify_name = isolated->notify_name;
    if (program_prepare(&program, isolated->service, &context, isolated->error) < 0)
        give_up(isolated);
    tie_to_outside(isolated);
    program_execute(&program, &context, &failure);
    program_explain(&program, &failure, isolated->error);
    give_up(isolated);
}

/*
 * When clone returns, the namespaces are there, but for a time namespace, and but for what comes
 * through a stage. Of those that it enters itself we need to know only to lend them.
 */
static bool needs_word_of_creation(const struct isolated *isolated)
{
    return isolated->by_stage || isolated->context->lent != NULL ||
           namespaces_have(isolated->isolation->unshared, NAMESPACE_TIME);
}

/* Returns only in the inner init. */
static void be_inside(struct isolated *isolated)
{
    char no_path[1];
    struct program_failure failure = {.path = no_path};
    struct program program = {.service = isolated->service};

    make_way_for_ready_fd(isolated);
    if (program_take_place(isolated->service, isolated->context, &failure) < 0) {
        program_explain(&program, &failure, isolated->error);
        give_up(isolated);
    }
    if (inside_set_clocks(isolated->isolation, isolated->error) < 0)
        give_up(isolated);
    if (needs_word_of_creation(isolated))
        link_tell(isolated->link_fd, LINK_CREATED, 0, NULL);
    wait_for_outside(isolated);
    if (!service_settings(isolated->service)->keep_keyring &&
        inside_leave_keyring(isolated->isolation, isolated->context->given, isolated->error) < 0)
        give_up(isolated);
    if (inside_prepare(isolated->isolation, isolated->another_user, isolated->error) < 0)
        give_up(isolated);
    make_notify_socket(isolated);
    if (!isolation_has_inner_init(isolated->isolation) && !isolated->context->is_sandbox)
        run_program(isolated);
}

/* ---- outside ------------------------------------------------------------------------------ */

/* Entering a PID namespace, or making others in what was entered, takes effect in a child only. */
static bool needs_stage(const struct isolated *isolated)
{
    bool enters = false;

    for (int type = 0; type < NAMESPACE_COUNT; type++)
        enters = enters || isolated->entered.fds[type] >= 0;
    return enters &&
           (isolated->isolation->unshared != 0 || isolated->entered.fds[NAMESPACE_PID] >= 0 ||
            isolated->entered.fds[NAMESPACE_TIME] >= 0);
}

/*
 * A PID namespace is entered by a child only, and only who is in one makes new ones there: then a
 * second stage does, a sibling of the first. The outside waits for it by its message.
 */
static void run_second_stage(const struct isolated *isolated)
{
    pid_t pid = clone_process(CLONE_PARENT);

    if (pid > 0)
        _exit(0);
    if (pid == 0)
        link_tell(isolated->link_fd, LINK_STAGE, 0, NULL);
}

/*
 * The stage: joins, makes the process as its sibling (our own child, though we may not ask for
 * that ourselves as PID 1), and ends. Returns in the process.
 */
static void run_stage(const struct isolated *isolated)
{
    namespace_set unshared = isolated->isolation->unshared;
    const int *entered = isolated->entered.fds;
    pid_t pid;

    if (entered[NAMESPACE_PID] >= 0 && namespaces_have(unshared, NAMESPACE_PID))
        run_second_stage(isolated);
    /* To enter a user namespace has made it undumpable, and its maps root's (proc(5)). */
    if (entered[NAMESPACE_USER] >= 0 && namespaces_have(unshared, NAMESPACE_USER))
        (void)prctl(PR_SET_DUMPABLE, 1);
    pid = clone_process(clone_flags(isolated->isolation) | CLONE_PARENT);
    if (pid == 0)
        return;
    if (pid > 0)
        _exit(0);
    explain_clone(isolated, -pid);
    if (pid == -ENOMEM && entered[NAMESPACE_PID] >= 0)
        error_reason(isolated->error, ERROR_FAILED, "the PID namespace to enter has ended");
    give_up(isolated);
}

/* The process, or the stage that makes it: 0 inside, its pid outside, or a negative errno. */
static pid_t make_process(struct isolated *isolated, const int ends[2])
{
    pid_t pid = clone_process(isolated->by_stage ? 0 : clone_flags(isolated->isolation));

    if (pid < 0)
        return pid;
    isolated->link_fd = ends[pid == 0];
    close(ends[pid != 0]);
    if (pid != 0) {
        isolated->pid = pid;
        if (isolated->by_stage) {
            /* Its end says nothing: the link tells how it went, and the process who it is. */
            (void)command_wait(pid);
            isolated->pid = 0;
        }
        return pid;
    }
    if (namespaces_join(&isolated->entered, isolated->error) < 0)
        give_up(isolated);
    if (isolated->by_stage)
        run_stage(isolated);
    namespaces_close(&isolated->entered);
    return 0;
}

/*
 * The next message, which is to be of the kind. 0, or 1 when the process is gone without a word
 * when it was to start its program, or -1 with the error filled in.
 */
static int expect(struct isolated *isolated, enum link_kind kind)
{
    struct link_message message;
    int result = link_receive(isolated->link_fd, &message,
                              kind == LINK_STARTED ? &isolated->program : &isolated->pid,
                              &isolated->notify_fd, 1);

    if (result == 1 && message.kind == LINK_STAGE) {
        (void)command_wait(isolated->pid);
        isolated->pid = 0;
        return expect(isolated, kind);
    }
    if (result == 1 && message.kind == kind)
        return 0;
    if (result == 1 && message.kind == LINK_FAILED) {
        *isolated->error = message.error;
        /* Perhaps a stage says so, whom we have waited for: both end by themselves. */
        if (isolated->by_stage && kind == LINK_CREATED)
            isolated->pid = 0;
        return -1;
    }
    /* Executed, or killed; its exit code tells which. */
    if (result == 0 && kind == LINK_STARTED)
        return 1;
    error_subject(isolated->error, "%s", isolated->service->name);
    return error_reason(isolated->error, ERROR_FAILED,
                        "the new process ended before its program ran");
}

/* Until its program runs: as expect. */
static int guide(struct isolated *isolated)
{
    const struct isolation *isolation = isolated->isolation;
    const struct spawn_context *context = isolated->context;
    int result;

    if ((needs_word_of_creation(isolated) && expect(isolated, LINK_CREATED) < 0) ||
        outside_prepare(isolation, isolated->entered.fds[NAMESPACE_USER], isolated->pid,
                        isolated->error) < 0)
        return -1;
    if (context->lent != NULL)
        namespaces_open_of(context->lent, isolated->pid, context->lends);
    link_tell(isolated->link_fd, LINK_GO, 0, NULL);
    result = context->makes_notify_socket ? expect(isolated, LINK_NOTIFY) : 0;
    if (result == 0)
        result = expect(isolated, LINK_STARTED);
    if (result < 0)
        outside_undo(isolation);
    return result;
}

static int finish(struct isolated *isolated, struct spawned *spawned)
{
    int result = guide(isolated);

    if (result != 0) {
        close(isolated->link_fd);
        isolated->link_fd = -1;
    }
    if (result >= 0) {
        *spawned =
            (struct spawned){.pid = isolated->pid,
                             .program = isolated->program != 0 ? isolated->program : isolated->pid,
                             .link_fd = isolated->link_fd,
                             .notify_fd = isolated->notify_fd};
        return 0;
    }
    if (isolated->notify_fd >= 0)
        close(isolated->notify_fd);
    if (isolated->context->lent != NULL)
        namespaces_close(isolated->context->lent);
    if (isolated->pid > 0) {
        (void)kill(isolated->pid, SIGKILL);
        (void)command_wait(isolated->pid);
    }
    return -1;
}

int isolate_spawn(const struct service *service, const struct spawn_context *context,
                  struct spawned *spawned, struct error *error)
{
    struct isolated isolated = {.service = service,
                                .isolation = &service->isolation,
                                .error = error,
                                .context = context,
                                .notify_name = context->notify_name,
                                .notify_fd = -1};
    int ends[2];
    int result;
    pid_t pid;

    if (namespaces_open(&isolated.entered, isolated.isolation, context->given, error) < 0)
        return -1;
    isolated.by_stage = needs_stage(&isolated);
    isolated.another_user = namespaces_have(isolated.isolation->unshared, NAMESPACE_USER) ||
                            isolated.entered.fds[NAMESPACE_USER] >= 0;
    result = link_open(ends, isolated.by_stage || isolation_has_inner_init(isolated.isolation));
    if (result < 0) {
        errno = -result;
        error_failed(error, "%s: socketpair", service->name);
        namespaces_close(&isolated.entered);
        return -1;
    }
    pid = make_process(&isolated, ends);
    if (pid == 0) {
        be_inside(&isolated);
        *spawned = (struct spawned){
            .link_fd = isolated.link_fd, .notify_fd = -1, .notify_name = isolated.notify_name};
        return 1;
    }
    if (pid > 0) {
        result = finish(&isolated, spawned);
    } else {
        close(ends[0]);
        close(ends[1]);
        result = explain_clone(&isolated, -pid);
    }
    namespaces_close(&isolated.entered);
    return result;
}
