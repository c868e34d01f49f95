/*
 * mount_spec.h - the file systems a service sees: mounts, root, propagation
 */
#ifndef NSINIT_PLAN_MOUNT_SPEC_H
#define NSINIT_PLAN_MOUNT_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

enum mount_type {
    MOUNT_BIND,
    MOUNT_TMPFS,
    MOUNT_PROC,
    MOUNT_SYSFS,
    MOUNT_MQUEUE,
    MOUNT_DEVPTS,
    MOUNT_DEV, /* a minimal /dev of its own */
    MOUNT_OVERLAY
};

enum propagation {
    PROPAGATION_PRIVATE,
    PROPAGATION_SLAVE,
    PROPAGATION_SHARED,
    PROPAGATION_UNCHANGED
};

extern const char *const propagation_names[PROPAGATION_UNCHANGED + 1];

/* One --mount, after Docker's syntax. The strings lie in its memory: mount_free. */
struct mount {
    enum mount_type type;
    const char *source; /* NULL where the type has none */
    const char *target; /* absolute, in the new root */
    bool read_only;
    bool exec; /* of a tmpfs: programs may be executed there, set-user-ID, devices be used */
    bool suid;
    bool dev;
    bool has_propagation;
    enum propagation propagation;
    bool propagation_recursive;
    const char
        *options; /* for mount(2), of tmpfs (size=,mode=) and overlay (lowerdir=,...), or NULL */
    char *memory; /* owned */
};

/* All of a service's. Plain data. */
struct filesystem {
    struct mount *mounts; /* owned, in order */
    size_t mount_count;
    const char *root; /* a directory that becomes / by pivot_root, or NULL */
    bool read_only;   /* the root is mounted read-only */
    enum propagation propagation;
    bool mask_proc;   /* what tells of the machine and changes it is covered there */
    const char *proc; /* where a fresh proc is mounted in the new root, or NULL: nowhere */
};

/*
 * Read a --mount SPEC: type=bind|tmpfs|...,source=(src=),target=(dst=, destination=),readonly
 * (ro), bind-propagation=, tmpfs-size=, tmpfs-mode=, exec, suid, dev, lowerdir=, upperdir=,
 * workdir=. 0, or -1 with the error's reason filled in (ERROR_USAGE), naming the closest valid key
 * for a misspelt one.
 */
int mount_parse(struct mount *mount, const char *spec, struct error *error);
void mount_free(struct mount *mount);

/*
 * Cut the next path off the options of an overlay. The length of what stands before it, the
 * options' names and separators; the path, cut off where there is no room, loses its backslashes. 0
 * at the end.
 */
size_t overlay_next_path(const char **options, char *path, size_t size);

/* Where a mount's target lies, by its name, seen from a path. */
enum mount_place { MOUNT_ELSEWHERE, MOUNT_AT, MOUNT_ABOVE };

enum mount_place mount_place_of(const struct mount *mount, const char *path);

#endif
