/*
 * setup_steps_private.h - what nsinit does for a new process, step by step
 */
#ifndef NSINIT_SPAWN_SETUP_STEPS_PRIVATE_H
#define NSINIT_SPAWN_SETUP_STEPS_PRIVATE_H

#include "spawn/spawn.h"

/* The process and its namespaces exist: begin with what only a process outside of them can do. */
enum spawn_outcome setup_on_created(struct spawning *spawning);

#endif
