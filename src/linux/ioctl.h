/*
 * ioctl.h - ioctl(2) for requests whose number has its highest bit set
 */
#ifndef NSINIT_LINUX_IOCTL_H
#define NSINIT_LINUX_IOCTL_H

#include <sys/ioctl.h>

/* The type of a request is unsigned long in glibc, and int in musl. */
static inline int ioctl_ask(int fd, unsigned long request, void *argument)
{
#ifdef __GLIBC__
    return ioctl(fd, request, argument);
#else
    return ioctl(fd, (int)request, argument);
#endif
}

#endif
