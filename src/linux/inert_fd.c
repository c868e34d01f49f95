/*
 * inert_fd.c - a descriptor that occupies its number and leads nowhere
 */
#include "linux/inert_fd.h"

#include <fcntl.h>
#include <sys/epoll.h>

int inert_open(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

bool inert_is_at(int fd)
{
    int flags = fcntl(fd, F_GETFD);

    /* A descriptor that came through the exec of nsinit is never close-on-exec. */
    return flags < 0 || (flags & FD_CLOEXEC) != 0;
}
