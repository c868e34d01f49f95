/*
 * persistent_namespaces.h - files that keep namespaces alive by a mount: --unshare TYPE=PATH
 */
#ifndef NSINIT_MOUNT_PERSISTENT_NAMESPACES_H
#define NSINIT_MOUNT_PERSISTENT_NAMESPACES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/namespaces.h"
#include "visit/ns_join.h"

/* What nsinit has created at one path, by which it recognises its own. */
struct persistent_file {
    const char *path; /* NULL: nsinit has mounted nothing */
    bool is_new;      /* created by the current start */
    uint64_t mount_id;
    ino_t namespace_inode;
    bool made_file; /* nsinit has created the file under the mount, too */
    dev_t file_device;
    ino_t file_inode;
};

/* All files of a service, over its runs. All zero: none. */
struct persistent_ns {
    struct persistent_file files[NAMESPACE_COUNT];
};

/* A start begins: persistent_undo will leave the files of earlier runs alone. */
void persistent_begin(struct persistent_ns *persistent);

/* The types that have TYPE=PATH. */
ns_set persistent_types(const struct namespaces *namespaces);

/*
 * Mount each namespace with TYPE=PATH on its file, which is created if it is missing. `ns_fds` are
 * the service's namespaces, or a negative errno each. A mount of an earlier run of the service is
 * replaced; any other mount is an error. 0, or -1 with `error` filled in and nothing of this start
 * left.
 */
int persistent_create(struct persistent_ns *persistent, const struct namespaces *namespaces,
                      const struct nsfds *ns_fds, struct error *error);

/* The start has failed: unmount and delete what it has created. */
void persistent_undo(struct persistent_ns *persistent);

#endif
