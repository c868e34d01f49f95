/*
 * idmapped.h - mounts that show other owners of files: mount_setattr(2), MOUNT_ATTR_IDMAP
 */
#ifndef NSINIT_MOUNT_IDMAPPED_H
#define NSINIT_MOUNT_IDMAPPED_H

#include "linux/nsfd.h"
#include "plan/mount_spec.h"

bool idmapped_is_wanted(const struct filesystem *plan);

/*
 * Replace the opened `files` of all sources by detached, mapped copies of their mounts where the
 * plan says so. `service` are the namespaces of the service; a user namespace of -1 is nsinit's
 * own. The kernel lets only the owner of a file system map it, and a service's user namespace owns
 * none, so nsinit makes the copies: in a forked process, as it joins the service's mount namespace.
 * A copy of one of nsinit's own mounts would lack the locks that keep the service from removing
 * read-only and other flags. Returns 0, or -1 with `error` filled in.
 */
int idmapped_copy_sources(const struct filesystem *plan, const struct nsfds *service, int *files,
                          struct error *error);

#endif
