/*
 * target_private.h - where a mount goes: paths in the new root, which no symlink leads out of
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
    const char *path; /* the new root's from outside, or NULL: it is the root there was */
    dev_t *own;       /* the file systems that were made for this service */
    size_t own_count;
};

/*
 * Open the target (O_PATH). A missing one is made, a directory or an empty file, with what leads
 * to it: in a new root, as Docker does, and in file systems made for this service; never in what
 * is there for others, too. Where a symlink on the way leads nowhere, it is made there. The fd, or
 * -1 with the error's reason filled in.
 */
int target_open(const struct target_root *root, const char *path, bool is_directory,
                struct error *error);

/* The same for what has to be there already: -1 with errno where it is not. */
int target_find(const struct target_root *root, const char *path);

/* The same below the root that is open, with no symlink on the way. */
int target_find_below(int root, const char *path);

#endif
