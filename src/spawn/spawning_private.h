/*
 * spawning_private.h - resources of a setup, and its end
 */
#ifndef NSINIT_SPAWN_SPAWNING_PRIVATE_H
#define NSINIT_SPAWN_SPAWNING_PRIVATE_H

#include "spawn/spawn.h"

/* Whether the process will be in namespaces other than nsinit's; needs join_fds. */
bool spawning_has_namespaces(const struct spawning *spawning);

/* Whether a stage has to create the process: run_stage in clone.c. */
bool spawning_needs_stage(const struct spawning *spawning);

/* Whether the process reports its namespaces, and waits for nsinit to set them up from outside. */
bool spawning_reports_creation(const struct spawning *spawning);
bool spawning_waits_for_parent(const struct spawning *spawning);

/* Abandon the setup for spawning->error. Returns SPAWN_FAILED. */
enum spawn_outcome spawning_fail(struct spawning *spawning);

/* Abandon the setup for this reason, with the service as its subject. Returns SPAWN_FAILED. */
enum spawn_outcome spawning_fail_for(struct spawning *spawning, const char *reason);

void spawning_close_notify_socket(struct spawning *spawning);

#endif
