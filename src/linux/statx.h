/*
 * statx.h - the mount that a file lies on: statx(2)
 */
#ifndef NSINIT_LINUX_STATX_H
#define NSINIT_LINUX_STATX_H

#include <stdbool.h>
#include <stdint.h>

/* The id of the mount, which a later mount may get again; 0 before Linux 5.8. */
uint64_t statx_mount_id(int fd);

/* Whether the file is the root of a mount; false before Linux 5.8. */
bool statx_is_mount_root(int fd);

#endif
