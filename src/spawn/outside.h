/*
 * outside.h - what nsinit does for a process in new namespaces from outside of them
 */
#ifndef NSINIT_SPAWN_OUTSIDE_H
#define NSINIT_SPAWN_OUTSIDE_H

#include <sys/types.h>

#include "pod/namespaces.h"

/*
 * Id maps, devices of the network, names that keep namespaces alive, the user's hook, in this
 * order. `user_fd` is the user namespace that was entered before, the parent of a new one, or -1.
 * 0, or -1 with `error` filled in, and nothing left (the process is the caller's to end).
 */
int outside_prepare(const struct isolation *isolation, int user_fd, pid_t pid, struct error *error);

/* Undo the names that keep namespaces alive: for a process that did not start after all. */
void outside_undo(const struct isolation *isolation);

#endif
