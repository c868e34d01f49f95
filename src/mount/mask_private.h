/*
 * mask_private.h - hide parts of /proc and /sys from a service that is root of the machine
 */
#ifndef NSINIT_MOUNT_MASK_PRIVATE_H
#define NSINIT_MOUNT_MASK_PRIVATE_H

#include <stdbool.h>

#include "mount/target_private.h"
#include "util/error.h"

/* Open files to mount over hidden files and directories, or -1. */
struct mask {
    int dev_null;        /* /dev/null, opened before anything was mounted */
    int empty_directory; /* an empty file system that is mounted already; the caller closes it */
};

/*
 * Hide the files that Docker hides in a fresh proc, whose root is `proc`, and make read-only the
 * files that Docker makes read-only. Returns 0, or -1 with `error` filled in.
 */
int mask_proc(int proc, struct mask *mask, struct error *error);

/*
 * Hide firmware and power capping in /sys, unless something is mounted over them already. 0, or -1
 * with `error` filled in.
 */
int mask_sys(const struct target_root *root, struct mask *mask, struct error *error);

#endif
