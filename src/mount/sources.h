/*
 * sources.h - the sources of a service's mounts: of bind mounts, the directories of overlays, and
 * the root
 * They are opened in the service's own mount namespace, as only its files can be mounted there, but
 * with nsinit's rights, which a process in a user namespace lacks.
 */
#ifndef NSINIT_MOUNT_SOURCES_H
#define NSINIT_MOUNT_SOURCES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "plan/mount_spec.h"

/* What a source is for. */
enum source_part {
    SOURCE_OF_MOUNT,
    SOURCE_ROOT,  /* the root, or a lower directory of its overlay */
    SOURCE_UPPER, /* the upper directory of the root's overlay */
    SOURCE_WORK,  /* the overlay's work directory, beside the upper one */
    SOURCE_END
};

/* A position among all sources of a plan; all zero before the first source. */
struct source {
    const struct mount *mount; /* the mount of this source; NULL: the root */
    enum source_part part;
    bool is_image;           /* of the root: source_mount_image */
    char path[PATH_MAX + 1]; /* a longer path is cut off, and refused by open(2), too */
    size_t next_mount;
    const char *rest; /* of the overlay's options, or of the root's directories; of a bind mount:
                         not NULL before its source */
};

/* Move to the next source: the mounts in order, then those of the root. False at the end. */
bool source_next(struct source *source, const struct filesystem *plan);

size_t sources_count(const struct filesystem *plan);

/* The work directory of the root's overlay: UPPER.work. */
void sources_work_path(const struct filesystem *plan, char *path, size_t size);

/*
 * Open the source (O_PATH) in the mount namespace whose root directory is `root`: the caller's, or
 * a copy of it. Returns the descriptor, or -1 with the error filled in.
 */
int source_open(const struct source *source, int root, struct error *error);

/*
 * Mount the image, which is opened as `file` and closed. Returns the fd of the detached mount, or
 * -1 with the error filled in.
 */
int source_mount_image(const struct source *source, int file, struct error *error);

/* Whether the source does not exist, by errno, and its mount is optional. */
bool source_may_miss(const struct source *source);

/* The map of the source's mount, or of the root: struct mount. */
static inline const char *source_idmap(const struct source *source, const struct filesystem *plan)
{
    if (source->mount != NULL)
        return source->mount->idmap;
    return source->part == SOURCE_ROOT ? plan->root_idmap : NULL;
}

/* Copy the mount of the opened source, and those below it unless they are left out. */
int source_clone(const struct source *source, int file);

/* Make the source's option the error's subject. */
void source_subject(const struct source *source, struct error *error);

/* Fill in why the source cannot be opened, from errno. Returns -1. */
int source_error(const struct source *source, struct error *error);

/*
 * Open the source for another process: the path must not lead to files that only nsinit can reach,
 * see trusted_open_private.h. Returns SOURCE_MISSING for a missing source of an optional mount.
 */
enum { SOURCE_MISSING = -2 };
int source_open_for_another(const struct source *source, int root, struct error *error);

#endif
