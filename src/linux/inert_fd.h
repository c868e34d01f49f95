/*
 * inert_fd.h - a descriptor that keeps its number taken and leads nowhere
 */
#ifndef NSINIT_LINUX_INERT_FD_H
#define NSINIT_LINUX_INERT_FD_H

#include <stdbool.h>

/*
 * An empty epoll, close-on-exec: it can be neither read, written, entered nor opened anew by
 * /proc/PID/fd (ENXIO). A file or directory in its place would be a way to the host for whoever
 * finds it there. The descriptor or -1 with errno.
 */
int inert_open(void);

/* Whether nsinit was started without `fd`: it is closed, or a descriptor of nsinit's own by now. */
bool inert_is_at(int fd);

#endif
