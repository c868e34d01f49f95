/*
 * inside.h - what a process in new namespaces does for itself before its program runs
 */
#ifndef NSINIT_SPAWN_INSIDE_H
#define NSINIT_SPAWN_INSIDE_H

#include "pod/namespaces.h"

struct open_namespaces;

/* A new time namespace with its offsets, before anything runs in it. 0, or -1 with `error`. */
int inside_set_clocks(const struct isolation *isolation, struct error *error);

/*
 * When the ids are mapped and the devices there: root (in `another_user` namespace than before),
 * names, network, file systems. 0, or -1 with `error` filled in: then the process is to end.
 */
int inside_prepare(const struct isolation *isolation, bool another_user, struct error *error);

/*
 * A session keyring of its own, with nothing in it, for who is in other user, mnt or PID namespaces
 * than nsinit, by its isolation or by what it was given (or NULL). While the ids are the caller's,
 * whose quota it counts to. 0, or -1 with `error` filled in.
 */
int inside_leave_keyring(const struct isolation *isolation, const struct open_namespaces *given,
                         struct error *error);

#endif
