/*
 * rootfs.h - in a new mount namespace: make the file systems what the plan says
 */
#ifndef NSINIT_MOUNT_ROOTFS_H
#define NSINIT_MOUNT_ROOTFS_H

#include "plan/mount_spec.h"

/*
 * To be called by a process that is alone in a new mount namespace and has all capabilities in the
 * user namespace that owns it. Propagation first, then the root, the fresh proc, the mounts in
 * order, read-only, pivot_root with the old root gone. The working directory is / afterwards if
 * there is a new root, else it stays, by its name. With `locks` nothing of it can be undone by
 * whoever has all capabilities in this user namespace: mount_lock.h. All or nothing: 0, or -1 with
 * `error` filled in (subject: the option; ERROR_FAILED), after which the process must end.
 * `sources` are the files of all sources, from nsinit, which get closed (sources.h); or NULL, to be
 * opened by their names.
 */
int rootfs_apply(const struct filesystem *filesystem, bool locks, const int *sources,
                 struct error *error);

#endif
