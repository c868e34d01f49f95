/*
 * command.c - run a program of the system's to its end, while nothing else runs yet
 */
#include "spawn/command.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawn/exec.h"
#include "util/signals.h"

int command_wait(pid_t pid)
{
    int status = -1;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

int command_run(const char *const *arguments, char *const *environment, struct error *error)
{
    const struct signal_set none = {0};
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        char path[PATH_MAX];

        signal_mask(SIG_SETMASK, &none, NULL);
        exec_search((char *const *)(uintptr_t)arguments, environment, path);
        _exit(127);
    }
    if (pid < 0)
        return error_reason(error, ERROR_FAILED, "fork: %m");
    status = command_wait(pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        error_hint(error, "is it installed, and in PATH?");
        return error_reason(error, ERROR_FAILED, "%s could not be executed", arguments[0]);
    }
    if (WIFEXITED(status))
        return error_reason(error, ERROR_FAILED, "%s ended with exit code %d", arguments[0],
                            WEXITSTATUS(status));
    return error_reason(error, ERROR_FAILED, "%s was killed by signal %d", arguments[0],
                        WTERMSIG(status));
}
