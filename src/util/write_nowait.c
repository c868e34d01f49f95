/*
 * write_nowait.c - write to a shared file without waiting for its reader
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
    /* The descriptor of linux/inert_fd.h has no type, and refuses each write. */
    return !S_ISREG(status.st_mode) && (status.st_mode & S_IFMT) != 0;
}

ssize_t write_nowait(int fd, const void *data, size_t size)
{
    /* iovec has no const, but the data is only read. */
    struct iovec part = {.iov_base = (void *)(uintptr_t)data, .iov_len = size};
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    /* The offset -1, in two halves, is the file's own: pwritev2(2). */
    ssize_t count = syscall(SYS_pwritev2, fd, &part, 1UL, -1L, -1L, RWF_NOWAIT);
    /* Terminals, some file systems, and pipes before Linux 6.5 have no RWF_NOWAIT. */
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
    /* A pipe with any room takes PIPE_BUF: pipe(7). A terminal with any has 256 free bytes. */
    most = isatty(fd) ? 256 : PIPE_BUF;
    return plain_write(fd, data, size < most ? size : most);
}
