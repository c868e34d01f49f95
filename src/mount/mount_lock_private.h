/*
 * mount_lock_private.h - lock mounts against the root user of the service's user namespace
 */
#ifndef NSINIT_MOUNT_MOUNT_LOCK_PRIVATE_H
#define NSINIT_MOUNT_MOUNT_LOCK_PRIVATE_H

/*
 * Copy the root and all mounts below it. The copies are locked together: root of the user namespace
 * that owns this mount namespace can neither unmount one nor remove its read-only, nosuid or nodev
 * flag (mount_namespaces(7)). Returns the fd of the detached tree, or -1 with errno.
 */
int mount_lock_copy(void);

#endif
