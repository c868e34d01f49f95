/*
 * mount_fd.h - mounts as file descriptors: open_tree(2), fsopen(2), move_mount(2), mount_setattr(2)
 * No path is looked up twice, and none of it needs /proc since Linux 5.12.
 */
#ifndef NSINIT_LINUX_MOUNT_FD_H
#define NSINIT_LINUX_MOUNT_FD_H

#include <stdbool.h>

#include "linux/syscalls.h"
#include "util/error.h"

/* Hint at the release of Linux that has a system call, after ENOSYS. */
void mount_fd_missing(struct error *error, const char *release, const char *call);

/*
 * Open a path as O_PATH does, and mount a file system that autofs has for it. mount_fd_open_at
 * takes a directory, and opens a symbolic link at the end of the path itself unless `follows`.
 * Returns an fd, or -1 with errno.
 */
int mount_fd_open(const char *path);
int mount_fd_open_at(int directory, const char *path, bool follows);

/* Copy the mount at `path` and all mounts below it. A detached tree's fd, or -1 with errno. */
int mount_fd_clone(int directory, const char *path);

/* Copy the mount of the open file without the mounts below it. */
int mount_fd_clone_alone(int file);

/*
 * Create a file system of `type` with `options` (KEY=VALUE,KEY,... or NULL; first source=, if it
 * has one), mounted with `attributes` (MOUNT_ATTR_...). Its fd, or -1 with the error's reason
 * filled in, and a hint where the kernel's refusal has a usual cause.
 */
int mount_fd_create(const char *type, const char *options, unsigned int attributes,
                    struct error *error);

/* Mount a detached tree on the file or directory `target` (an O_PATH fd). 0, or -1 with errno. */
int mount_fd_attach(int tree, int target);

/*
 * Map the owners of all files in a detached tree that was copied just now, by the maps of a user
 * namespace. 0, or -1 with errno: EINVAL if a file system of the tree does not permit it.
 */
int mount_fd_idmap(int tree, int user_ns);

/*
 * Change an attached mount, or with `recursive` its whole tree: set and clear flags (MOUNT_ATTR_
 * RDONLY to NOEXEC), make it read-only, or set its propagation to MS_PRIVATE, MS_SLAVE or
 * MS_SHARED. 0, or -1 with errno.
 */
int mount_fd_set_flags(int tree, unsigned int set, unsigned int clear, bool recursive);
int mount_fd_set_read_only(int tree, bool recursive);
int mount_fd_set_propagation(int tree, unsigned long propagation, bool recursive);

#endif
