/*
 * setup_steps_private.h - nsinit's part in the setup of a new process, step by step
 */
#ifndef NSINIT_SPAWN_SETUP_STEPS_PRIVATE_H
#define NSINIT_SPAWN_SETUP_STEPS_PRIVATE_H

#include "spawn/spawn.h"

/*
 * The process and its namespaces exist: begin with the steps that need a process outside of them.
 */
enum spawn_outcome setup_on_created(struct spawning *spawning);

#endif
