/*
 * start_private.h - nsinit's side of a setup, step by step: private to src/spawn
 */
#ifndef NSINIT_SPAWN_START_PRIVATE_H
#define NSINIT_SPAWN_START_PRIVATE_H

#include "spawn/spawn.h"

/* The process and its namespaces exist: do what can only be done from outside of them. */
enum spawn_outcome start_on_created(struct spawning *spawning);

#endif
