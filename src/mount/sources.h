/*
 * sources.h - what the mounts of a service are made of: the sources of the bind mounts, the
 * directories of the overlays, and the root
 * They are opened as files of the service's own mount namespace, as only those can be mounted
 * there, with the rights that nsinit has: its users and groups are not those of a user namespace.
 */
#ifndef NSINIT_MOUNT_SOURCES_H
#define NSINIT_MOUNT_SOURCES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "plan/mount_spec.h"

/* The position of a walk through all sources of a plan; all zero before the first source. */
struct source {
    const struct mount *mount; /* the mount of this source; NULL: the root */
    char path[PATH_MAX + 1];   /* longer ones are cut off, which open(2) refuses just as well */
    size_t next_mount;
    const char *rest; /* of an overlay's options, or NULL */
    bool at_end;
};

/* Move to the next source: the mounts in order, then the root. False at the end. */
bool source_next(struct source *source, const struct filesystem *plan);

size_t sources_count(const struct filesystem *plan);

/*
 * Open (O_PATH) the source, or one that is open already, in the mount namespace whose root is open
 * as `root`: a copy of the caller's own, or that itself. The file, or -1 with the error filled in.
 */
int source_open(const struct source *source, int root, struct error *error);

/* Fill in why the source can't be had, by errno. Returns -1. */
int source_error(const struct source *source, struct error *error);

/*
 * The same for another process, which the path must not lead to what nsinit alone may reach:
 * trusted_open.h.
 */
int source_open_for_another(const struct source *source, int root, struct error *error);

#endif
