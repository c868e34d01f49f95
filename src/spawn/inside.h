/*
 * inside.h - what a process in new namespaces does for itself before its program runs
 */
#ifndef NSINIT_SPAWN_INSIDE_H
#define NSINIT_SPAWN_INSIDE_H

#include "pod/namespaces.h"

/* A new time namespace with its offsets, before anything runs in it. 0, or -1 with `error`. */
int inside_set_clocks(const struct isolation *isolation, struct error *error);

/* Be in the directory that the plan names, if it is there. */
void inside_enter_directory(const struct isolation *isolation);

/*
 * When the ids are mapped and the devices there: root (in `another_user` namespace than before),
 * names, network, file systems. 0, or -1 with `error` filled in: then the process is to end.
 */
int inside_prepare(const struct isolation *isolation, bool another_user, struct error *error);

#endif
