/*
 * write_nowait.h - write to a shared file without waiting for its reader
 * Other processes share stdout and stderr, and would get an O_NONBLOCK that is set here.
 */
#ifndef NSINIT_UTIL_WRITE_NOWAIT_H
#define NSINIT_UTIL_WRITE_NOWAIT_H

#include <stddef.h>
#include <sys/types.h>

/*
 * write(2) that returns -EAGAIN instead of waiting. The number of bytes that were written, which
 * may be less than `size`, or a negative errno. A pipe or socket takes up to PIPE_BUF bytes as a
 * whole or not at all.
 */
ssize_t write_nowait(int fd, const void *data, size_t size);

#endif
