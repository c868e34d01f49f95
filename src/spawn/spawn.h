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

/*
 * Start the service's program and return when it has been executed: 0 with its `pid`, which is a
 * child to be waited for, or -1 with `error` filled in and no process left. The program has its
 * process group, session and terminal before its first instruction.
 */
int spawn_service(const struct service *service, const struct spawn_context *context, pid_t *pid,
                  struct error *error);

#endif
