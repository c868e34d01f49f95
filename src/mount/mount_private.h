/*
 * mount_private.h - perform each --mount, and mount a fresh proc
 */
#ifndef NSINIT_MOUNT_MOUNT_PRIVATE_H
#define NSINIT_MOUNT_MOUNT_PRIVATE_H

#include <stddef.h>

#include "plan/mount_spec.h"
#include "mount/mask_private.h"
#include "mount/target_private.h"

/* The root file system that is being set up. */
struct rootfs {
    const struct filesystem *plan;
    struct target_root root;
    int *sources;        /* in order (sources.h): trees of bind mounts, directories of overlays */
    size_t lower_source; /* the first lower directory of the root's overlay, and their number */
    size_t lower_count;
    size_t next_source; /* the first one of the next mount */
    int root_place;     /* the directory that becomes the root, or -1 */
    int proc_fds;       /* /proc/self/fd, for overlays, or -1 */
    int old_dev;        /* the previous /dev, or -1 */
    struct mask mask;
    bool locks_mounts; /* lock all mounts against root of the service's user namespace */
};

/*
 * Fill in the reason from `attempt` (may be empty) and errno. Returns -1. After a failure open
 * descriptors stay open, here and below, as the process must end.
 */
int mount_error(struct error *error, const char *attempt);

/*
 * Open all sources, and copy the trees of bind mounts and of the root, before anything is mounted.
 * `opened` are the files that nsinit has opened, or NULL.
 */
int mounts_open_sources(struct rootfs *rootfs, const int *opened, struct error *error);

/* Mount the fresh proc and each --mount, and mask /proc and /sys. */
int mounts_apply(struct rootfs *rootfs, struct error *error);

#endif
