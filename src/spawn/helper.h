/*
 * helper.h - run a program of the system's
 */
#ifndef NSINIT_SPAWN_HELPER_H
#define NSINIT_SPAWN_HELPER_H

#include <sys/types.h>

#include "util/error.h"

/*
 * Start it in a process group of its own, with default signals and nsinit's stdio. Its pid, or -1
 * with the reason filled in (the subject stays).
 */
pid_t helper_start(const char *const *arguments, char *const *environment, struct error *error);

/* Its end: 0 when it has exited with 0, else -1 with the reason filled in. */
int helper_check_status(const char *name, int wait_status, struct error *error);

/* All of it: start, wait, judge. Not for the process that runs the loop. */
int helper_run(const char *const *arguments, char *const *environment, struct error *error);

#endif
