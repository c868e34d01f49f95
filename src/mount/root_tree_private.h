/*
 * root_tree_private.h - the file system that becomes the root
 */
#ifndef NSINIT_MOUNT_ROOT_TREE_PRIVATE_H
#define NSINIT_MOUNT_ROOT_TREE_PRIVATE_H

#include "mount/mount_private.h"

/*
 * Mount the new root with this propagation, and store its descriptor. 0, also without a new root,
 * or -1 with `error` filled in.
 */
int root_tree_mount(struct rootfs *rootfs, unsigned long propagation, struct error *error);

#endif
