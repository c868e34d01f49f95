/*
 * netns_private.h - the directory of named network namespaces, as ip-netns(8) has it
 */
#ifndef NSINIT_MOUNT_NETNS_PRIVATE_H
#define NSINIT_MOUNT_NETNS_PRIVATE_H

#include "util/error.h"

/*
 * If `path` is in /run/netns, create the directory, mount it on itself and share that mount, as
 * ip-netns does for its first namespace. A name that is deleted here is then deleted in all mount
 * namespaces that were copied since, and ip-netns does not mount the directory a second time over
 * the existing names. 0, or -1 with the error's reason filled in.
 */
int netns_prepare(const char *path, struct error *error);

#endif
