/*
 * overlay_private.h - mount an overlay of open directories
 */
#ifndef NSINIT_MOUNT_OVERLAY_PRIVATE_H
#define NSINIT_MOUNT_OVERLAY_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

struct overlay {
    const int *files; /* the lower directories, the topmost first */
    size_t count;
    bool has_upper;      /* the last two files are the upper and the work directory */
    unsigned long flags; /* of mount(2) */
};

/*
 * Mount the overlay on `target` (an O_PATH fd). `proc_fds` is /proc/self/fd. Returns 0, or -1 with
 * the error's reason filled in, after which the process must end.
 */
int overlay_mount(const struct overlay *overlay, int proc_fds, int target, struct error *error);

#endif
