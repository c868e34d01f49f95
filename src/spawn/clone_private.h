/*
 * clone_private.h - create a process with clone3(2), in new namespaces and in joined ones
 */
#ifndef NSINIT_SPAWN_CLONE_PRIVATE_H
#define NSINIT_SPAWN_CLONE_PRIVATE_H

#include "spawn/spawn.h"

/*
 * Create the process, or the stage that creates it, with `channel` as the two ends of the channel.
 * Returns its PID, or a negative errno. In the process it returns 0 when that is an inner init or
 * holds shared namespaces, with everything in place; else the process executes its program or ends.
 */
pid_t clone_fork(struct spawning *spawning, const int channel[2]);

#endif
