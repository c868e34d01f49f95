/*
 * helper_private.h - run a program of the system, such as newuidmap(1) or the shell of a hook
 */
#ifndef NSINIT_SPAWN_HELPER_PRIVATE_H
#define NSINIT_SPAWN_HELPER_PRIVATE_H

#include <sys/types.h>

#include "util/error.h"

/*
 * Start the program in a new process group, with an empty signal mask and nsinit's stdio. Returns
 * its PID, or -1 with the reason filled in.
 */
pid_t helper_start(const char *const *arguments, char *const *environment, struct error *error);

/* 0 if the program has exited with 0, else -1 with the reason filled in. */
int helper_check_status(const char *name, int wait_status, struct error *error);

/* Start, wait, check. Not for the process that runs the loop. */
int helper_run(const char *const *arguments, char *const *environment, struct error *error);

/*
 * The same with the program's output in `text`, as much as fits and terminated. 0, or -1 if the
 * program failed or does not exist.
 */
int helper_read(const char *const *arguments, char *const *environment, char *text, size_t size);

#endif
