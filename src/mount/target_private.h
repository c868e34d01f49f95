/*
 * target_private.h - the target of a mount: a path in the new root, which no symlink leads out of
 */
#ifndef NSINIT_MOUNT_TARGET_PRIVATE_H
#define NSINIT_MOUNT_TARGET_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

/* Where targets are looked up. */
struct target_root {
    int fd;           /* of the new root, if there is one */
    const char *path; /* the new root's path in nsinit's root; NULL: no new root */
    dev_t *own;       /* file systems that were created for this service */
    size_t own_count;
};

/*
 * Open the target (O_PATH). A missing directory or empty file is created with its parents, in a new
 * root (as by Docker) and in file systems that were created for this service, but never in file
 * systems of others. If a symlink on the way leads nowhere, its target is created. Returns the fd,
 * or -1 with the error's reason filled in.
 */
int target_open(const struct target_root *root, const char *path, bool is_directory,
                struct error *error);

/* Open an existing target. Returns -1 with errno if it does not exist. */
int target_find(const struct target_root *root, const char *path);

/* Open an existing target below the directory `root`, without any symlink on the way. */
int target_find_below(int root, const char *path);

#endif
