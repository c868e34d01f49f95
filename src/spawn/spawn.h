/*
 * spawn.h - a service becomes a running process
 */
#ifndef NSINIT_SPAWN_SPAWN_H
#define NSINIT_SPAWN_SPAWN_H

#include <sys/types.h>

#include "pod/pod.h"
#include "spawn/inherited.h"
#include "util/error.h"

/* What a new process gets besides its service's plan. */
struct spawn_context {
    const struct inherited *inherited;
    int terminal_fd;         /* the terminal it becomes the foreground of, or -1 */
    int parent_death_signal; /* for the program itself, or 0 */
};

/* A process that was started. */
struct spawned {
    pid_t pid;   /* a child, to be waited for */
    int link_fd; /* to its inner init, or -1: see link.h. Owned by the caller. */
};

/*
 * Start the service's program and return when it has been executed: 0 with `spawned` filled in,
 * or -1 with `error` filled in and no process left. The program has its process group, session
 * and terminal before its first instruction.
 *
 * Returns 1 in the child when the service has a PID namespace of its own: the caller is its inner
 * init then, with everything in place but the program, and `spawned` leads to the outer one.
 */
int spawn_service(const struct service *service, const struct spawn_context *context,
                  struct spawned *spawned, struct error *error);

#endif
