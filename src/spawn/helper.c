/*
 * helper.c - run a program of the system's
 */
#include "spawn/helper.h"

#include <limits.h>
#include <stdint.h>
#include <unistd.h>

#include "linux/wait.h"
#include "spawn/exec_private.h"
#include "util/signal_names.h"
#include "linux/signal_set.h"

pid_t helper_start(const char *const *arguments, char *const *environment, struct error *error)
{
    const struct signal_set none = {0};
    pid_t pid = fork();

    if (pid == 0) {
        char path[PATH_MAX];

        (void)setpgid(0, 0);
        signal_mask(SIG_SETMASK, &none, NULL);
        exec_search((char *const *)(uintptr_t)arguments, environment, path);
        _exit(127);
    }
    if (pid < 0)
        return error_reason(error, ERROR_FAILED, "fork: %m");
    return pid;
}

int helper_check_status(const char *name, int wait_status, struct error *error)
{
    int code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;

    if (code == 0)
        return 0;
    if (code == 127) {
        error_hint(error, "is it installed, and in PATH?");
        return error_reason(error, ERROR_FAILED, "%s could not be executed", name);
    }
    if (code > 0)
        return error_reason(error, ERROR_FAILED, "%s ended with exit code %d", name, code);
    return error_reason(error, ERROR_FAILED, "%s was killed by signal %d", name,
                        WTERMSIG(wait_status));
}

int helper_run(const char *const *arguments, char *const *environment, struct error *error)
{
    pid_t pid = helper_start(arguments, environment, error);

    return pid < 0 ? -1 : helper_check_status(arguments[0], wait_for_child(pid, 0), error);
}
