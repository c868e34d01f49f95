/*
 * spawn.c - a service becomes a running process
 * The child shares our memory until it executes the program (as in vfork(2)), so it tells a
 * failure by writing it down, and we run on only when the outcome is known.
 */
#include "spawn/spawn.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawn/exec.h"
#include "util/parse.h"

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
    const struct service *service;
    const struct spawn_context *context;
    char *const *arguments;
    char *listen_pid; /* where LISTEN_PID's value goes, or NULL */
    const char *failed_stage;
    int failure;       /* errno of the stage, 0 when the program was executed */
    char *failed_path; /* PATH_MAX bytes: the file it failed on */
};

static int fail(struct child *child, const char *stage, int error_number)
{
    child->failed_stage = stage;
    child->failure = error_number;
    return 1;
}

/* Process group, session and terminal. TTOU is blocked, so tcsetpgrp works from the background. */
static int take_place(struct child *child)
{
    int terminal_fd = child->context->terminal_fd;

    switch (child->service->placement) {
    case PLACEMENT_GROUP:
        if (setpgid(0, 0) < 0)
            return fail(child, "setpgid", errno);
        /* A terminal that hung up meanwhile is no reason not to run. */
        if (terminal_fd >= 0)
            (void)tcsetpgrp(terminal_fd, getpid());
        break;
    case PLACEMENT_SESSION:
        if (setsid() < 0)
            return fail(child, "setsid", errno);
        /* It fails when the terminal belongs to another session, a shell's: then there is none. */
        if (terminal_fd >= 0)
            (void)ioctl(terminal_fd, TIOCSCTTY, 0);
        break;
    case PLACEMENT_INHERITED:
        break;
    }
    return 0;
}

static int child_main(void *argument)
{
    struct child *child = argument;

    if (take_place(child) != 0)
        _exit(1);
    if (child->context->parent_death_signal != 0)
        (void)prctl(PR_SET_PDEATHSIG, child->context->parent_death_signal);
    if (child->listen_pid != NULL) {
        struct text pid = text_in(child->listen_pid, sizeof "2147483647");

        text_format(&pid, "%d", getpid());
    }
    inherited_give_back(child->context->inherited);
    fail(child, "exec",
         -exec_search(child->arguments, child->service->environment, child->failed_path));
    _exit(1);
}

/* 0 with the pid, or a negative errno when there could be no child. Its failure is in `child`. */
static int run_child(struct child *child, pid_t *pid)
{
    _Alignas(16) char stack[CHILD_STACK_SIZE];

    *pid = clone(child_main, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, child);
#ifdef __SANITIZE_ADDRESS__
    /* The child's functions never returned, so what they marked as out of bounds still is. */
    __asan_unpoison_memory_region(stack, sizeof stack);
#endif
#ifdef NSINIT_COVERAGE
    /* The child's exec has written our counts and marked them as written. */
    __gcov_reset();
#endif
    return *pid < 0 ? -errno : 0;
}

/*
 * Socket activation names the process it is meant for (sd_listen_fds(3)). It was nsinit; it is to
 * be the program. Returns the entry to be replaced, or NULL.
 */
static char **listen_pid_entry(char **environment)
{
    static const char name[] = "LISTEN_PID=";
    unsigned long pid;

    for (; *environment != NULL; environment++)
        if (strncmp(*environment, name, sizeof name - 1) == 0 &&
            parse_number(*environment + sizeof name - 1, INT_MAX, &pid) == 0 &&
            (pid_t)pid == getpid())
            return environment;
    return NULL;
}

static int explain(const struct child *child, struct error *error)
{
    const char *program = child->service->arguments[0];

    error_subject(error, "%s: %s%s%s", child->service->name, child->failed_stage,
                  strcmp(child->failed_stage, "exec") == 0 ? " " : "",
                  strcmp(child->failed_stage, "exec") == 0 ? program : "");
    if (strcmp(child->failed_stage, "exec") == 0)
        return exec_explain(error, program, child->service->environment, child->failed_path,
                            child->failure);
    errno = child->failure;
    if (child->failure == EAGAIN && strcmp(child->failed_stage, "fork") == 0)
        error_hint(error, "a limit on processes is reached: pids cgroup (docker run --pids-limit) "
                          "or ulimit -u");
    return error_reason(error, ERROR_FAILED, "%m");
}

/* One attempt to run `arguments` as the service. */
static int attempt(struct child *child, char *const *arguments, pid_t *pid)
{
    int result;

    child->arguments = arguments;
    child->failure = 0;
    result = run_child(child, pid);
    if (result < 0)
        return fail(child, "fork", -result);
    if (child->failure != 0) {
        while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
            ;
        return 1;
    }
    return 0;
}

/* As execvp(3) promises: a script with no #! line is run by the shell. */
static int attempt_by_shell(struct child *child, pid_t *pid)
{
    char *const *original = child->service->arguments;
    char path[PATH_MAX];
    size_t count = 0;
    char **arguments;
    int result;

    while (original[count] != NULL)
        count++;
    arguments = calloc(count + 2, sizeof *arguments);
    if (arguments == NULL)
        return fail(child, "exec", ENOMEM);
    memcpy(path, child->failed_path, sizeof path); /* the next attempt writes to it again */
    arguments[0] = (char[]){"/bin/sh"};
    arguments[1] = path;
    memcpy(arguments + 2, original + 1, (count - 1) * sizeof *arguments);
    result = attempt(child, arguments, pid);
    free(arguments);
    return result;
}

int spawn_service(const struct service *service, const struct spawn_context *context, pid_t *pid,
                  struct error *error)
{
    char failed_path[PATH_MAX];
    struct child child = {.service = service, .context = context, .failed_path = failed_path};
    char **listen_entry = listen_pid_entry(service->environment);
    char *listen_original = listen_entry ? *listen_entry : NULL;
    char listen_text[] = "LISTEN_PID=2147483647";
    int result;

    if (listen_entry != NULL) {
        child.listen_pid = listen_text + sizeof "LISTEN_PID=" - 1;
        *listen_entry = listen_text;
    }
    result = attempt(&child, service->arguments, pid);
    if (result != 0 && child.failure == ENOEXEC && exec_is_script(child.failed_path))
        result = attempt_by_shell(&child, pid);
    if (listen_entry != NULL)
        *listen_entry = listen_original;
    return result == 0 ? 0 : explain(&child, error);
}
