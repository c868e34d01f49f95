/*
 * idmap_private.h - ID maps of a new user namespace, and the IDs of a process in one:
 * user_namespaces(7)
 */
#ifndef NSINIT_SPAWN_IDMAP_PRIVATE_H
#define NSINIT_SPAWN_IDMAP_PRIVATE_H

#include <sys/types.h>

#include "plan/namespaces.h"

/* Whether idmap_map may run newuidmap(1) or getsubids(1), and wait: not for the loop's process. */
bool idmap_waits_for_helper(const struct namespaces *namespaces);

/* In the parent: write setgroups and the maps of process `pid`. 0, or -1 with `error` filled in. */
int idmap_map(const struct namespaces *namespaces, pid_t pid, struct error *error);

/*
 * In a new user namespace whose maps are written: become root or, if root is not mapped, the first
 * mapped ID, for user and group each, without supplementary groups unless `keeps_groups`. With
 * --map-current-user the IDs stay. Capabilities stay. Returns 0, or -1 with `error` filled in.
 */
int idmap_set_ids(const struct namespaces *namespaces, bool keeps_groups, struct error *error);

/*
 * The outside user and group of the IDs that idmap_set_ids sets, by the plan's ranges. False if
 * they are nsinit's own user or there is no map.
 */
bool idmap_root_owner(const struct namespaces *namespaces, unsigned int *user, unsigned int *group);

/* As idmap_set_ids, in a joined user namespace: its maps are read from /proc. */
int idmap_set_joined_ids(struct error *error);
int idmap_keep_joined_groups(struct error *error);

#endif
