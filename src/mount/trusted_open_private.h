/*
 * trusted_open_private.h - open a file for a service by a path that the service may have changed
 */
#ifndef NSINIT_MOUNT_TRUSTED_OPEN_PRIVATE_H
#define NSINIT_MOUNT_TRUSTED_OPEN_PRIVATE_H

/*
 * Open a path as mount_fd_open does, but follow only symlinks of root and of nsinit's own user. A
 * service that may write to one directory could otherwise have another one mounted at its next
 * start, which nsinit may reach and the service may not. -1 with errno: ELOOP for such a link, too.
 */
int trusted_open(const char *path);

#endif
