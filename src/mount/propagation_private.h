/*
 * propagation_private.h - how mounts spread between mount namespaces: mount_namespaces(7)
 */
#ifndef NSINIT_MOUNT_PROPAGATION_PRIVATE_H
#define NSINIT_MOUNT_PROPAGATION_PRIVATE_H

#include "mount/mount_private.h"

/* MS_PRIVATE, MS_SLAVE or MS_SHARED; 0: unchanged. */
unsigned long propagation_flag(enum propagation propagation);

/*
 * Make the mounts shared if the plan says so, after the root is final: until then no mount may
 * propagate. Returns 0, or -1 with `error` filled in.
 */
int propagation_restore(const struct rootfs *rootfs, struct error *error);

#endif
