/*
 * wait.c - children that have ended: waitpid(2), waitid(2)
 */
#include "linux/wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "linux/syscalls.h"

/* A process that is killed ends at once, unless one that traces it stops its end: ptrace(2). */
enum { END_TIMEOUT_MS = 200 };

int wait_for_child(pid_t pid, int options)
{
    int status;
    pid_t ended;

    do
        ended = waitpid(pid, &status, options);
    while (ended < 0 && errno == EINTR);
    return ended < 0 ? -1 : status;
}

bool wait_has_child(idtype_t type, id_t id)
{
    siginfo_t info;

    return waitid(type, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

void wait_kill_child(pid_t pid)
{
    struct pollfd end = {.events = POLLIN};

    /* If another process has killed it, it may have been reaped, as any unknown child. */
    if (!wait_has_child(P_PID, (id_t)pid))
        return;
    end.fd = sys_pidfd_open(pid, 0);
    (void)kill(pid, SIGKILL);
    (void)poll(&end, 1, END_TIMEOUT_MS);
    (void)wait_for_child(pid, WNOHANG);
    close(end.fd);
}
