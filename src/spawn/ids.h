/*
 * ids.h - the id maps of a new user namespace: user_namespaces(7)
 */
#ifndef NSINIT_SPAWN_IDS_H
#define NSINIT_SPAWN_IDS_H

#include <sys/types.h>

#include "pod/namespaces.h"

/* From outside, for the process `pid` in it: setgroups, then the maps. 0, or -1 with `error`. */
int ids_map(const struct isolation *isolation, pid_t pid, struct error *error);

/* From inside: be root there, where root is mapped, with no groups of before. */
void ids_become_root(void);

#endif
