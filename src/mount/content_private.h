/*
 * content_private.h - mount a file whose content the plan has
 */
#ifndef NSINIT_MOUNT_CONTENT_PRIVATE_H
#define NSINIT_MOUNT_CONTENT_PRIVATE_H

#include "plan/mount_spec.h"

/*
 * Mount the file on `target` (an O_PATH fd) with `flags` (MOUNT_ATTR_...). For a moment its file
 * system is mounted over the root directory, which no shared mount may pass on to the machine.
 * Returns 0, or -1 with the error's reason filled in.
 */
int content_mount(const struct mount *plan, unsigned int flags, int target, struct error *error);

#endif
