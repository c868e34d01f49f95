/*
 * command.h - run a command in the namespaces of a service: a health check, nsctl exec
 */
#ifndef NSINIT_SERVICE_COMMAND_H
#define NSINIT_SERVICE_COMMAND_H

#include "service/setup.h"

struct supervised;

/* All of it stays the caller's. */
struct command {
    char *const *words; /* NULL-terminated, the program first */
    enum placement placement;
    const struct spawn_context *context; /* the rest of its environment */
};

/*
 * Start the command in all namespaces of the target, which must run, with the target's user,
 * limits, environment and directory. hooks->done is called as by setup_begin.
 */
void command_begin(struct setup **place, const struct supervised *target,
                   const struct command *command, const struct setup_hooks *hooks, void *owner);

#endif
