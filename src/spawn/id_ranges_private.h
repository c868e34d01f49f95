/*
 * id_ranges_private.h - the ranges of IDs that nsinit may map: of its user, and of its user
 * namespace
 */
#ifndef NSINIT_SPAWN_ID_RANGES_PRIVATE_H
#define NSINIT_SPAWN_ID_RANGES_PRIVATE_H

#include "plan/namespaces.h"

/*
 * Map nsinit's own ID to `inside`, and the other IDs from 0 on to all ranges of nsinit's user in
 * /etc/subuid or /etc/subgid, or, if it has none there, to those that getsubids(1) finds. Not for
 * the process that runs the loop. 0, or -1 with `error` filled in.
 */
int id_ranges_of_user(struct id_map *ids, unsigned int own, unsigned int inside, bool of_groups,
                      struct error *error);

/*
 * Split the ranges so that each is in one extent of the `file` uid_map or gid_map of this process:
 * the kernel refuses any other (user_namespaces(7)). 0, or -1 with the reason filled in.
 */
int id_ranges_split(struct id_map *ids, const char *file, struct error *error);

/*
 * Read uid_map or gid_map of nsinit's own user namespace into `text`, which the caller frees. 0 or
 * a negative errno.
 */
int id_ranges_read(const char *file, char **text);

#endif
