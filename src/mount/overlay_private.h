/*
 * overlay_private.h - mount an overlay of open directories
 */
#ifndef NSINIT_MOUNT_OVERLAY_PRIVATE_H
#define NSINIT_MOUNT_OVERLAY_PRIVATE_H

#include "plan/mount_spec.h"

/*
 * Mount the overlay on `target` (an O_PATH fd); `files` are its directories in the order of the
 * options. The kernel gets their paths, which mountinfo then shows. If the paths are too long for
 * mount(2), now lead elsewhere, or are inaccessible to this process, the kernel gets descriptor
 * numbers relative to `proc_fds`, which is /proc/self/fd or -1. Returns 0, or -1 with the error's
 * reason filled in.
 */
int overlay_mount(const struct mount *plan, const int *files, int proc_fds, int target,
                  struct error *error);

#endif
