/*
 * idmap_private.h - the id maps of a new user namespace: user_namespaces(7)
 */
#ifndef NSINIT_SPAWN_IDMAP_PRIVATE_H
#define NSINIT_SPAWN_IDMAP_PRIVATE_H

#include <sys/types.h>

#include "plan/namespaces.h"

/* From outside, for the process `pid` in it: setgroups, then the maps. 0, or -1 with `error`. */
int idmap_map(const struct namespaces *namespaces, pid_t pid, struct error *error);

/*
 * From inside, in a new user namespace with the isolation's maps: be root, or where root is not
 * mapped the first id that is, of users and groups each, with no groups of before. Capabilities
 * stay. 0, or -1 with `error` filled in.
 */
int idmap_set_ids(const struct namespaces *namespaces, struct error *error);

/* Who that is outside, by the ranges asked for. False: nsinit's own user, or nobody. */
bool idmap_root_owner(const struct namespaces *namespaces, unsigned int *user, unsigned int *group);

/* The same in one that was entered, whose maps the kernel tells. */
int idmap_set_joined_ids(struct error *error);

#endif
