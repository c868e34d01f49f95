/*
 * mount_private.h - carry out each --mount, and mount the fresh proc
 */
#ifndef NSINIT_MOUNT_MOUNT_PRIVATE_H
#define NSINIT_MOUNT_MOUNT_PRIVATE_H

#include <stddef.h>

#include "plan/mount_spec.h"
#include "mount/mask_private.h"
#include "mount/target_private.h"

/* What is at hand while the plan is carried out. */
struct work {
    const struct filesystem *plan;
    struct target_root root;
    int *sources;       /* in order (sources.h): of bind mounts a tree, of overlays a directory */
    size_t next_source; /* of the mount that comes next */
    int place;          /* where the root lies, or -1 */
    int numbers;        /* the directory of our open files, for overlays, or -1 */
    int old_devices;
    struct covers covers;
    bool locks; /* the service is in a user namespace: its root is to undo none of this */
};

/* MS_PRIVATE, MS_SLAVE or MS_SHARED; 0 leaves it unchanged. */
unsigned long mounts_propagation(enum propagation propagation);

/*
 * Fill in the reason: what failed, unless that is empty, and errno. Returns -1. What is open then
 * stays so, here and below: the process is to end.
 */
int mount_error(struct error *error, const char *what);

/* Copy all that is to be mounted from outside, from the files that were `opened` for it, or NULL.
 */
int mounts_open_sources(struct work *work, const int *opened, struct error *error);

/* The root is the final one: what is to be shared is that now, as it was not to be on the way. */
int mounts_restore_propagation(const struct work *work, struct error *error);

/* The fresh proc, then all of them in their order. */
int mounts_apply(struct work *work, struct error *error);

#endif
