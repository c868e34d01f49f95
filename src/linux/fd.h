/*
 * fd.h - open descriptors of files: open(2), fstat(2), close(2)
 */
#ifndef NSINIT_LINUX_FD_H
#define NSINIT_LINUX_FD_H

#include <stdbool.h>
#include <sys/types.h>

/* Open a path by O_PATH, following symlinks. Returns an fd, or -1 with errno. */
int fd_open_path(const char *path);

/* Close a descriptor, unless it is negative. errno stays. */
void fd_close(int fd);

/* The type and mode of a file, as in struct stat; 0 if fstat(2) fails. */
mode_t fd_mode(int fd);

/* Whether the descriptor is of the file at the path; with "" of the file of `directory` itself. */
bool fd_is_file_at(int fd, int directory, const char *path);

/* Whether the mount or the file system that a file lies on is read-only. */
bool fd_is_read_only(int fd);

#endif
