/*
 * fd.c - open descriptors of files: open(2), fstat(2), close(2)
 */
#include "linux/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

int fd_open_path(const char *path)
{
    return open(path, O_PATH | O_CLOEXEC);
}

void fd_close(int fd)
{
    int error_number = errno;

    if (fd >= 0)
        close(fd);
    errno = error_number;
}

mode_t fd_mode(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 ? status.st_mode : 0;
}

bool fd_is_file_at(int fd, int directory, const char *path)
{
    struct stat own;
    struct stat other;

    return fstat(fd, &own) == 0 && fstatat(directory, path, &other, AT_EMPTY_PATH) == 0 &&
           own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

bool fd_is_read_only(int fd)
{
    struct statvfs status;

    return fstatvfs(fd, &status) == 0 && (status.f_flag & ST_RDONLY) != 0;
}
