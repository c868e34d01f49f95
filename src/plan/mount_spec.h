/*
 * mount_spec.h - the file systems of a service: mounts, root, propagation
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
    MOUNT_DEV, /* a new minimal /dev */
    MOUNT_OVERLAY,
    MOUNT_CGROUP2,
    MOUNT_FILE /* a file with `content` */
};

enum propagation {
    PROPAGATION_PRIVATE,
    PROPAGATION_SLAVE,
    PROPAGATION_SHARED,
    PROPAGATION_UNCHANGED
};

extern const char *const propagation_names[PROPAGATION_UNCHANGED + 1];

/* One --mount, in Docker's syntax. The strings point into `memory`: mount_free. */
struct mount {
    enum mount_type type;
    const char *source; /* NULL for types without a source */
    const char *target; /* absolute, in the new root */
    const char *content;
    const char *idmap; /* the ranges of its own ID map; "": the service's map; NULL: no map */
    bool read_only;
    bool optional;               /* skipped if its source does not exist */
    bool leaves_submounts;       /* the mounts below the source are not mounted */
    bool submounts_writable;     /* read_only does not apply to them */
    unsigned char set_flags;     /* MS_NOSUID, MS_NODEV, MS_NOEXEC */
    unsigned char cleared_flags; /* the type's own flags, or the source's, that are removed */
    bool has_upper;              /* of an overlay: it has an upper and a work directory */
    bool has_propagation;
    enum propagation propagation;
    bool propagation_recursive;
    const char *options; /* for the file system: size=,...; of an overlay lowerdir=,...; or NULL */
    char *memory;        /* owned */
};

/* The files in /etc of a new root: AUTO or NO in a plan, what AUTO means in a start. */
enum etc_files { ETC_FILES_AUTO, ETC_FILES_NO, ETC_FILES_OF_HOST_NAME, ETC_FILES_OF_NETWORK };

/* What becomes / by pivot_root(2), and what `root` is then. */
enum root_kind {
    ROOT_DIRECTORY, /* its path, or with an overlay a list of paths */
    ROOT_TMPFS,     /* the size of the tmpfs, or "" */
    ROOT_IMAGE      /* the path of the image of a file system */
};

/* All file systems of a service. */
struct filesystem {
    struct mount *mounts; /* owned, in order */
    size_t mount_count;
    enum root_kind root_kind;
    const char *root;       /* NULL: there is no new root */
    const char *root_idmap; /* the root's map, as that of a mount; NULL: no map */
    bool by_chroot;         /* the root is entered by chroot(2) in place of pivot_root(2) */
    const char *overlay;    /* the upper directory over those of `root`; "": a tmpfs; or NULL */
    bool read_only;         /* the root is mounted read-only */
    bool read_only_below;   /* and so are the mounts below it that come with it */
    enum propagation propagation;
    enum etc_files etc_files;
    bool mask_proc;    /* cover the files of the new /proc that show or change the machine */
    const char *netns; /* the name of an entered network namespace: ip-netns(8); or NULL */
    const char *proc;  /* where a new proc is mounted in the new root, or NULL */
};

/*
 * Read a --mount SPEC in Docker's syntax, with the words of mount(8) for file systems. 0, or -1
 * with the reason filled in (ERROR_USAGE).
 */
int mount_parse(struct mount *mount, const char *spec, struct error *error);
void mount_free(struct mount *mount);

/*
 * Take the next path from the options of an overlay, and resolve its backslashes; a path that does
 * not fit is cut off. Returns the length of the names and separators before it; 0 at the end.
 */
size_t overlay_next_path(const char **options, char *path, size_t size);

/* The option that gives the root, and it with its value as the subject of an error. */
extern const char *const root_options[ROOT_IMAGE + 1];
void filesystem_root_subject(const struct filesystem *filesystem, struct error *error);

/* Where a mount's target lies by its name, seen from a path: elsewhere, there, or above it. */
enum mount_place { MOUNT_ELSEWHERE, MOUNT_AT, MOUNT_ABOVE };

enum mount_place mount_place_of(const struct mount *mount, const char *path);

#endif
