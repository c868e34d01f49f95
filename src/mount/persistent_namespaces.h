/*
 * kept_namespaces_private.h - files that keep namespaces alive by a mount: --unshare TYPE=PATH
 */
#ifndef NSINIT_MOUNT_PERSISTENT_NAMESPACES_H
#define NSINIT_MOUNT_PERSISTENT_NAMESPACES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/namespaces.h"
#include "visit/ns_join.h"

/* What nsinit has made at one path, as far as it is known to be nsinit's. */
struct persistent_file {
    const char *path; /* NULL: no mount of ours */
    bool is_new;      /* made by the start that is under way */
    uint64_t mount_id;
    ino_t namespace_inode;
    bool made_file; /* the file under the mount, too */
    dev_t file_device;
    ino_t file_inode;
};

/* All of a service's, over its runs. All zero: nothing. */
struct persistent_ns {
    struct persistent_file names[NAMESPACE_COUNT];
};

/* A start begins: what is there is the earlier runs', and persistent_undo leaves it alone. */
void persistent_begin(struct persistent_ns *kept);

/* The types whose namespaces the isolation keeps. */
ns_set persistent_types(const struct namespaces *namespaces);

/*
 * Mount each namespace that is to be kept on its file, which is made when there is none. `own` are
 * the service's namespaces, open (or a negative errno, as nsfds_open_of leaves it). A mount of
 * an earlier run of the service is replaced; anybody else's is an error. 0, or -1 with `error`
 * filled in and nothing of this start left.
 */
int persistent_create(struct persistent_ns *kept, const struct namespaces *namespaces,
                      const struct nsfds *own, struct error *error);

/* The start has failed: undo what it has mounted, and delete what files nsinit has made for it. */
void persistent_undo(struct persistent_ns *kept);

#endif
