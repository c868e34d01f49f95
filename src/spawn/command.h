/*
 * command.h - run a program of the system's to its end, while nothing else runs yet
 */
#ifndef NSINIT_SPAWN_COMMAND_H
#define NSINIT_SPAWN_COMMAND_H

#include "util/error.h"

/*
 * Run it with default signals and nsinit's stdio, and wait. 0 when it exits with 0, else -1 with
 * the reason filled in (the subject stays).
 */
int command_run(const char *const *arguments, char *const *environment, struct error *error);

#endif
