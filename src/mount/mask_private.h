/*
 * mask_private.h - what a service that is root of the machine is not to see or change in /proc and
 * /sys
 */
#ifndef NSINIT_MOUNT_MASK_PRIVATE_H
#define NSINIT_MOUNT_MASK_PRIVATE_H

#include <stdbool.h>

#include "mount/target_private.h"
#include "util/error.h"

/* What is laid over others: open, or -1. */
struct covers {
    int nothing;   /* /dev/null, from before anything changed */
    int directory; /* an empty one that is mounted already; the caller's to close */
};

/*
 * Cover what Docker covers in a fresh proc, whose root `proc` is open, and make read-only what it
 * makes that. 0, or -1 with `error` filled in.
 */
int mask_proc(int proc, struct covers *covers, struct error *error);

/*
 * Cover the kernel's tables of firmware and power in /sys, where there are any, unless something is
 * mounted over them already.
 */
int mask_sys(const struct target_root *root, struct covers *covers, struct error *error);

#endif
