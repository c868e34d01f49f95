/*
 * inert_fd.h - a descriptor that occupies its number and leads nowhere
 */
#ifndef NSINIT_LINUX_INERT_FD_H
#define NSINIT_LINUX_INERT_FD_H

#include <stdbool.h>

/*
 * Open an empty epoll, close-on-exec. Nothing can be read from it, written to it, or opened through
 * its link in /proc/PID/fd (ENXIO), while a file or directory there would lead a service to the
 * host. The descriptor, or -1 with errno.
 */
int inert_open(void);

/* Whether nsinit was started without `fd`: it is closed, or nsinit has opened it since. */
bool inert_is_at(int fd);

#endif
