/*
 * etc_files_private.h - the files in /etc that belong to a network and a host name
 */
#ifndef NSINIT_MOUNT_ETC_FILES_PRIVATE_H
#define NSINIT_MOUNT_ETC_FILES_PRIVATE_H

#include "mount/mount_private.h"

/*
 * Mount hostname, hosts and resolv.conf in the /etc of the new root, if the plan wants them, except
 * where a --mount is. Returns 0, or -1 with `error` filled in.
 */
int etc_files_mount(const struct rootfs *rootfs, struct error *error);

#endif
