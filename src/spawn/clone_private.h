/*
 * clone_private.h - the new process's side of a setup: it joins and makes namespaces, and goes on
 * to its program
 */
#ifndef NSINIT_SPAWN_CLONE_PRIVATE_H
#define NSINIT_SPAWN_CLONE_PRIVATE_H

#include "spawn/spawn.h"

/* Whether the process will live in namespaces other than nsinit's, by what is open to be joined. */
bool clone_is_needed(const struct spawning *spawning);

/* Whether a stage has to make it: see run_stage. */
bool clone_needs_stage(const struct spawning *spawning);

/* Whether the process tells of its namespaces, and waits for what nsinit does from outside. */
bool clone_tells_of_creation(const struct spawning *spawning);
bool clone_waits_for_outside(const struct spawning *spawning);

/*
 * Make the process, or the stage that makes it, with `link_fds` as the two ends of the link. Its
 * pid, or a negative errno. In the process itself it returns 0 when that is an inner init or a
 * sandbox with everything in place; else the program is executed, or the process ends.
 */
pid_t clone_fork(struct spawning *spawning, const int link_fds[2]);

#endif
