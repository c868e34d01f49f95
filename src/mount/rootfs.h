/*
 * rootfs.h - set up the root file system of a new mount namespace
 */
#ifndef NSINIT_MOUNT_ROOTFS_H
#define NSINIT_MOUNT_ROOTFS_H

#include "plan/mount_spec.h"

/*
 * Called in a process that is alone in a new mount namespace and has all capabilities in the user
 * namespace that owns it. Sets the propagation, then mounts the root, the fresh proc and each
 * --mount in order, makes the root read-only, calls pivot_root(2) and unmounts the old root.
 * Afterwards the working directory is / if there is a new root, else the one of the same name as
 * before. With `locks_mounts` no process with all capabilities in this user namespace can undo any
 * of it: mount_lock_private.h. `sources` are descriptors of all sources, which are closed
 * (sources.h), or NULL: then they are opened by their paths. 0, or -1 with `error` filled in, whose
 * subject is the option; then the process must end.
 */
int rootfs_apply(const struct filesystem *filesystem, bool locks_mounts, const int *sources,
                 struct error *error);

#endif
