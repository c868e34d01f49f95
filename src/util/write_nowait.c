/*
 * write_nowait.c - write to a file of somebody else's without waiting for its reader
 */
#include "util/write_nowait.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

static ssize_t plain_write(int fd, const void *data, size_t size)
{
    ssize_t count;

    do
        count = write(fd, data, size);
    while (count < 0 && errno == EINTR);
    return count < 0 ? -errno : count;
}

static bool has_reader_to_wait_for(int fd)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return true;
    /* linux/inert_fd.h's has no type, refuses each write, and would never be ready for one. */
    return !S_ISREG(status.st_mode) && (status.st_mode & S_IFMT) != 0;
}

ssize_t write_nowait(int fd, const void *data, size_t size)
{
    /* What is only read is taken as if it could be changed. */
    struct iovec part = {.iov_base = (void *)(uintptr_t)data, .iov_len = size};
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    /* An offset of -1, in two halves, is the file's own: pwritev2(2). */
    ssize_t count = syscall(SYS_pwritev2, fd, &part, 1UL, -1L, -1L, RWF_NOWAIT);
    /* Terminals, regular files of some file systems, and pipes before Linux 6.5 do not know it. */
    bool is_unknown = errno == EOPNOTSUPP || errno == EINVAL || errno == ENOSYS;
    size_t most;

    if (count >= 0)
        return count;
    if (!is_unknown && errno != EAGAIN)
        return -errno;
    if (!has_reader_to_wait_for(fd))
        return plain_write(fd, data, size);
    if (is_unknown && (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0)
        return plain_write(fd, data, size);
    if (!is_unknown || poll(&room, 1, 0) == 0)
        return -EAGAIN;
    /* What has room at all takes this much: pipe(7); a terminal tells from 256 free bytes on. */
    most = isatty(fd) ? 256 : PIPE_BUF;
    return plain_write(fd, data, size < most ? size : most);
}
