/*
 * helper.c - run a program of the system, such as newuidmap(1) or the shell of a hook
 */
#include "spawn/helper_private.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "linux/wait.h"
#include "spawn/exec_private.h"
#include "util/signal_names.h"
#include "linux/signal_set.h"

/* With an `output` (-1: none), the program's stdout and stderr go there. */
static pid_t start(const char *const *arguments, char *const *environment, int output,
                   struct error *error)
{
    const struct signal_set none = {0};
    pid_t pid = process_fork();

    if (pid == 0) {
        char path[PATH_MAX];

        (void)setpgid(0, 0);
        for (int fd = STDOUT_FILENO; output >= 0 && fd <= STDERR_FILENO; fd++)
            (void)dup2(output, fd);
        signal_mask(SIG_SETMASK, &none, NULL);
        exec_search(arguments[0], (char *const *)(uintptr_t)arguments, environment, path);
        _exit(127);
    }
    if (pid < 0)
        return error_reason(error, ERROR_FAILED, "fork: %m");
    return pid;
}

pid_t helper_start(const char *const *arguments, char *const *environment, struct error *error)
{
    return start(arguments, environment, -1, error);
}

int helper_check_status(const char *name, int wait_status, struct error *error)
{
    int code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;

    if (code == 0)
        return 0;
    if (code == 127) {
        error_hint(error, "install %s, or add its directory to PATH", name);
        return error_reason(error, ERROR_FAILED, "exec %s: not found or not executable", name);
    }
    if (code > 0)
        return error_reason(error, ERROR_FAILED, "%s exited with code %d", name, code);
    return error_reason(error, ERROR_FAILED, "%s was killed by signal %d", name,
                        WTERMSIG(wait_status));
}

int helper_run(const char *const *arguments, char *const *environment, struct error *error)
{
    pid_t pid = helper_start(arguments, environment, error);

    return pid < 0 ? -1 : helper_check_status(arguments[0], wait_for_child(pid, 0), error);
}

int helper_read(const char *const *arguments, char *const *environment, char *text, size_t size)
{
    struct error ignored;
    size_t length = 0;
    ssize_t count;
    int ends[2];
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    pid = start(arguments, environment, ends[1], &ignored);
    close(ends[1]);
    while ((count = read(ends[0], text + length, size - 1 - length)) > 0)
        length += (size_t)count;
    text[length] = '\0';
    close(ends[0]);
    return pid < 0 ? -1 : helper_check_status(arguments[0], wait_for_child(pid, 0), &ignored);
}
