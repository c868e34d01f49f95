// Many processes in many namespaces, made quickly and held: what `nsctl ns` and lsns are measured
// on.
//
// usage: crowd PROCESSES NAMESPACES COMMAND [ARGUMENT...]
// They are in groups that have one new namespace of each of the eight types. When all are there the
// command is run; its exit code is ours, and all end with it. Needs root.
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

enum { TYPES = 8 };

static pid_t clone_like_fork(unsigned long flags)
{
    pid_t pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);

    if (pid < 0)
        err(1, "clone");
    if (pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

// PID 1 of a group: all others in there end with it.
static void hold_group(long members, int ready)
{
    for (long i = 1; i < members; i++)
        if (clone_like_fork(0) == 0)
            for (;;)
                pause();
    if (write(ready, "", 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

static void make_group(long members, int ready)
{
    // The next child's; the others come with that.
    if (unshare(CLONE_NEWTIME) < 0)
        err(1, "unshare time");
    if (clone_like_fork(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS |
                        CLONE_NEWIPC | CLONE_NEWCGROUP) == 0)
        hold_group(members, ready);
}

static int run(char **command)
{
    int status;
    pid_t pid = clone_like_fork(0);

    if (pid == 0) {
        execvp(command[0], command);
        err(127, "%s", command[0]);
    }
    if (waitpid(pid, &status, 0) != pid)
        err(1, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
    long groups;
    long processes;
    char byte;
    int ends[2];

    if (argc < 4)
        errx(2, "usage: crowd PROCESSES NAMESPACES COMMAND [ARGUMENT...]");
    processes = strtol(argv[1], NULL, 10);
    groups = strtol(argv[2], NULL, 10) / TYPES;
    if (groups < 1 || processes < groups)
        errx(2, "that is no crowd");
    if (pipe(ends) < 0)
        err(1, "pipe");
    for (long i = 0; i < groups; i++)
        make_group(processes / groups + (i < processes % groups), ends[1]);
    for (long i = 0; i < groups; i++)
        if (read(ends[0], &byte, 1) != 1)
            err(1, "read");
    return run(argv + 3);
}
