/*
 * trusted_open_private.h - open a file for a service by a path that the service may have changed
 */
#ifndef NSINIT_MOUNT_TRUSTED_OPEN_PRIVATE_H
#define NSINIT_MOUNT_TRUSTED_OPEN_PRIVATE_H

/*
 * Open a path as mount_fd_open does, but follow only symlinks owned by root or by nsinit's user.
 * Otherwise a service that can write to one directory could have its next start mount another
 * directory that nsinit can reach and the service cannot. Returns -1 with errno: ELOOP also for a
 * symlink of another owner.
 */
int trusted_open(const char *path);

#endif
