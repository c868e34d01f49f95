// Who kills PID 1 of a namespace has to wait until the kernel has killed the rest of it. When it is
// the end of the measuring program that kills (see sandbox.c), its guard does.
#include "guard.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// For those left behind, who are ended by other means and may take no notice.
#define LAST_TIMEOUT 10 // seconds

// Whether nobody is left.
static bool reap(pid_t worker, int *code)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == worker)
            *code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
    }
    return pid < 0;
}

static _Noreturn void guard(pid_t worker, const sigset_t *signals)
{
    const struct timespec timeout = {.tv_sec = LAST_TIMEOUT};
    int code = -1; // the worker has not ended

    while (!reap(worker, &code)) {
        int signal_number = sigtimedwait(signals, NULL, code < 0 ? NULL : &timeout);

        if (signal_number < 0 && code >= 0)
            break;
        if (signal_number > 0 && signal_number != SIGCHLD)
            kill(worker, SIGKILL);
    }
    exit(code < 0 ? EXIT_FAILURE : code);
}

void guard_begin(void)
{
    static const int watched[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    sigset_t signals;
    sigset_t before;

    sigemptyset(&signals);
    for (size_t i = 0; i < sizeof(watched) / sizeof(watched[0]); i++) {
        // contrib/bench runs it in the background, where the shell has interrupts ignored.
        signal(watched[i], SIG_DFL);
        sigaddset(&signals, watched[i]);
    }
    // contrib/bench was killed.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigprocmask(SIG_BLOCK, &signals, &before);
    pid_t pid = fork();

    if (pid > 0)
        guard(pid, &signals);
    if (pid < 0) {
        perror("measure: cannot make a process");
        exit(EXIT_FAILURE);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_SETMASK, &before, NULL);
}
