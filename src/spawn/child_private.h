/*
 * child_private.h - the new process's side of a setup, once it is in its namespaces
 * Every function here ends the process on failure, after a report to nsinit.
 */
#ifndef NSINIT_SPAWN_CHILD_PRIVATE_H
#define NSINIT_SPAWN_CHILD_PRIVATE_H

#include "spawn/spawn.h"

/* Send spawning->error to nsinit and end. */
_Noreturn void child_fail(const struct spawning *spawning);

/* End if `result` says that a message to nsinit could not be sent. */
void child_check_sent(struct spawning *spawning, int result);

/*
 * Go on in a sibling, a child of nsinit, in new namespaces as by `flags`. The calling process ends.
 */
void child_become_sibling(struct spawning *spawning, unsigned int flags);

/* Open a netlink socket in the network namespace that the process is in, if nsinit needs it. */
void child_open_net_socket(struct spawning *spawning, enum net_socket place);

/*
 * Set everything up and execute the program. Returns only in an inner init and in a process that
 * holds shared namespaces. `proc` is from setup_child_open_proc.
 */
void child_run(struct spawning *spawning, int proc);

/* Execute the command of is_exec in the service's namespaces. */
_Noreturn void child_run_exec(struct spawning *spawning);

#endif
