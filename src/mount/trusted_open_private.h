/*
 * trusted_open_private.h - open a file for a service by a path that the service may have a hand in
 */
#ifndef NSINIT_MOUNT_TRUSTED_OPEN_PRIVATE_H
#define NSINIT_MOUNT_TRUSTED_OPEN_PRIVATE_H

/*
 * As mount_fd_open does, but through no symlink of another user than root and nsinit's own: a
 * service that writes to one directory could have another one mounted at its next start, which
 * nsinit may reach and it may not. -1 with errno: ELOOP for such a link, too.
 */
int trusted_open(const char *path);

#endif
