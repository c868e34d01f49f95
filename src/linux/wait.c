/*
 * wait.c - children that have ended: waitpid(2), waitid(2)
 */
#include "linux/wait.h"

#include <errno.h>

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
