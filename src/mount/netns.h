/*
 * netns.h - named network namespaces, as ip-netns(8) has them
 */
#ifndef NSINIT_MOUNT_NETNS_H
#define NSINIT_MOUNT_NETNS_H

#include "util/error.h"

struct rootfs;

/*
 * If `path` is in /run/netns, create the directory, mount it on itself and share that mount, as
 * ip-netns does for its first namespace. A name that is deleted here is then deleted in all mount
 * namespaces that were copied since, and ip-netns does not mount the directory a second time over
 * the existing names. 0, or -1 with the error's reason filled in.
 */
int netns_prepare(const char *path, struct error *error);

/*
 * For an entered namespace with a name: bind each file of /etc/netns/NAME over that of /etc, and
 * mount a new /sys, which shows the namespace's devices; in a new root directory --mount does that.
 * A failure is a warning.
 */
void netns_mount(const struct rootfs *rootfs);

/* Warn if there are files that will not be bound, as the mount namespace is not new. */
void netns_warn_of_files(const char *service, const char *name);

#endif
