/*
 * overlay_private.h - mount an overlay whose directories are open
 */
#ifndef NSINIT_MOUNT_OVERLAY_PRIVATE_H
#define NSINIT_MOUNT_OVERLAY_PRIVATE_H

#include "plan/mount_spec.h"

/*
 * Mount the overlay on `target` (an O_PATH fd); `files` are its directories in the order of the
 * options. The kernel gets their names, which mountinfo then shows. Where the names are too long
 * for mount(2), lead elsewhere by now, or may be followed by nsinit alone, the kernel gets numbers
 * in `numbers`, the directory of our open files (-1: there is none). 0, or -1 with the error's
 * reason filled in.
 */
int overlay_mount(const struct mount *plan, const int *files, int numbers, int target,
                  struct error *error);

#endif
