/*
 * mount_status.h - what the kernel tells of the mount that a file lies on: statx(2)
 */
#ifndef NSINIT_LINUX_MOUNT_STATUS_H
#define NSINIT_LINUX_MOUNT_STATUS_H

#include <stdbool.h>
#include <stdint.h>

/* The mount's id, which may be used again when the mount has gone; 0: unknown. */
uint64_t mount_status_id(int fd);

/* Whether the file is the root of a mount. */
bool mount_status_is_root(int fd);

#endif
