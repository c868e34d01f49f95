/*
 * command.h - run a program of the system's to its end, while nothing else runs yet
 */
#ifndef NSINIT_SPAWN_COMMAND_H
#define NSINIT_SPAWN_COMMAND_H

#include <sys/types.h>

#include "util/error.h"

/*
 * Run it with default signals and nsinit's stdio, and wait. 0 when it exits with 0, else -1 with
 * the reason filled in (the subject stays).
 */
int command_run(const char *const *arguments, char *const *environment, struct error *error);

/* Wait until the child has ended: its status, as waitpid(2) has it. */
int command_wait(pid_t pid);

#endif
