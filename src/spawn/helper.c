/*
 * helper.c - run a program of the system, such as newuidmap(1) or the shell of a hook
 */
#include "spawn/helper_private.h"

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
        exec_search(arguments[0], (char *const *)(uintptr_t)arguments, environment, path);
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
