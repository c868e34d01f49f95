/*
 * dev.h - a minimal /dev for a service, and parts of it for a machine
 */
#ifndef NSINIT_MOUNT_DEV_H
#define NSINIT_MOUNT_DEV_H

#include "util/error.h"

/*
 * Create a tmpfs with the usual nodes, links and file systems, and mount it on `target` (an O_PATH
 * fd). `old` is the previous /dev. Returns the mount's fd, or -1 with the error's reason filled in,
 * after which the process must end.
 */
int dev_mount(int target, int old, struct error *error);

/* Create a devpts whose terminals have the group tty. Its fd, or -1 with the error's reason. */
int dev_create_devpts(unsigned int flags, struct error *error);

/*
 * Create the missing links of a /dev: fd, stdin, stdout, stderr, ptmx. Returns NULL, or the name of
 * the link that could not be created, with errno.
 */
const char *dev_create_links(int devices);

#endif
