/*
 * mount_fd.h - mounts that are nowhere yet, and putting them somewhere: Linux 5.2's mount calls
 * They work by file descriptors, so no path is looked up twice, and need no /proc.
 */
#ifndef NSINIT_LINUX_MOUNT_FD_H
#define NSINIT_LINUX_MOUNT_FD_H

#include <stdbool.h>

#include "util/error.h"

/* What a mount does without, as in MOUNT_ATTR_* of <linux/mount.h>. */
enum tree_flags {
    TREE_READ_ONLY = 0x1,
    TREE_NO_SUID = 0x2,
    TREE_NO_DEVICES = 0x4,
    TREE_NO_EXEC = 0x8
};

/* Open (O_PATH) what the path leads to, where another file system may be waiting to be mounted. */
int tree_open(const char *path);

/* The same from a directory; without following: a symlink at its end is what is opened. */
int tree_open_at(int directory, const char *path, bool follows);

/* A copy of what is mounted at `path` and below. Its fd, or -1 with errno. */
int tree_clone(int directory, const char *path);

/*
 * A new file system; `options` are KEY=VALUE,... or NULL. Its fd, or -1 with the error's reason
 * filled in, and a hint where the kernel's refusal has a usual cause.
 */
int tree_make(const char *type, const char *options, unsigned int flags, struct error *error);

/* Mount the tree on what `target` (an O_PATH fd) is. 0 or -1 with errno. */
int tree_attach(int tree, int target);

/*
 * Change a tree that is attached, or its topmost mount alone: to read-only, and to MS_PRIVATE,
 * MS_SLAVE or MS_SHARED. 0 or -1 with errno.
 */
int tree_make_read_only(int tree, bool recursive);
int tree_set_propagation(int tree, unsigned long propagation, bool recursive);

#endif
