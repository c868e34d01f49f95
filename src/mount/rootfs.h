/*
 * rootfs.h - set up the root file system of a new mount namespace
 */
#ifndef NSINIT_MOUNT_ROOTFS_H
#define NSINIT_MOUNT_ROOTFS_H

#include "plan/mount_spec.h"

/*
 * Set up the root in a process that is alone in a new mount namespace and has all capabilities in
 * the user namespace that owns it: set the propagation, mount the root, the fresh proc and each
 * --mount in order, make the root read-only, call pivot_root(2) and unmount the old root.
 * Afterwards the working directory is / in a new root, else the directory of the same path as
 * before. With `locks_mounts`, no process with all capabilities in this user namespace can undo any
 * of it: mount_lock_private.h. `sources` are descriptors of all sources, which are closed
 * (sources.h), or NULL to open the sources by their paths. Returns 0, or -1 with `error` filled in
 * and the option as its subject; then the process must end.
 */
int rootfs_apply(const struct filesystem *filesystem, bool locks_mounts, const int *sources,
                 struct error *error);

#endif
