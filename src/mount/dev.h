/*
 * dev.h - a minimal /dev of a service's own
 */
#ifndef NSINIT_MOUNT_DEV_H
#define NSINIT_MOUNT_DEV_H

#include "util/error.h"

/*
 * Make a tmpfs with the usual nodes, links and file systems and mount it on `target` (an O_PATH
 * fd). `old` is the /dev there was. The mount's fd, or -1 with the error's reason filled in, after
 * which the process must end.
 */
int dev_mount(int target, int old, struct error *error);

/* A new devpts, of the group that terminals have. Its fd, or -1 with the error filled in. */
int dev_make_terminals(unsigned int flags, struct error *error);

/*
 * Make the links of a /dev that are not there yet: fd, stdin, stdout, stderr, ptmx. NULL, or the
 * name of the one that can't be made, with errno.
 */
const char *dev_link(int devices);

#endif
