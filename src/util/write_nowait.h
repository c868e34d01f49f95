/*
 * write_nowait.h - write to a file of somebody else's without waiting for its reader
 * stdout and stderr are shared with other processes: O_NONBLOCK would be set for all of them.
 */
#ifndef NSINIT_UTIL_WRITE_NOWAIT_H
#define NSINIT_UTIL_WRITE_NOWAIT_H

#include <stddef.h>
#include <sys/types.h>

/*
 * As write(2), but -EAGAIN where that would have to wait. How much was written, which may be less
 * than `size`, or a negative errno. A pipe or socket takes up to PIPE_BUF bytes whole or not at
 * all.
 */
ssize_t write_nowait(int fd, const void *data, size_t size);

#endif
