/*
 * command.h - run a command where a service lives: a health check, nsctl exec
 */
#ifndef NSINIT_SERVICE_COMMAND_H
#define NSINIT_SERVICE_COMMAND_H

#include "service/setup.h"

struct supervised;

/* A command that is to be run there. All of it is the caller's. */
struct command {
    char *const *words; /* NULL-terminated, the program first */
    enum placement placement;
    const struct spawn_context *context; /* what it gets besides */
};

/*
 * Start the command in all namespaces of the target, which runs, with its user, limits, environment
 * and directory. `done` is called as setup_begin says; the process is its group's leader, if that
 * is its placement.
 */
void command_begin(struct setup **place, const struct supervised *target,
                   const struct command *command, const struct setup_hooks *hooks, void *owner);

#endif
