/*
 * mount_lock_private.h - mounts that nobody in the service's user namespace can undo
 */
#ifndef NSINIT_MOUNT_MOUNT_LOCK_PRIVATE_H
#define NSINIT_MOUNT_MOUNT_LOCK_PRIVATE_H

/*
 * Copy the root and all that is mounted below: the copies are locked together, so that
 * root of the user namespace that owns this mount namespace can neither take one off nor make one
 * writable, set-user-ID or with devices that is not (mount_namespaces(7)). The tree's fd, attached
 * nowhere, or -1 with errno.
 */
int mount_lock_copy(void);

#endif
