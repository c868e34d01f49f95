/*
 * exec_private.h - find and execute a program, and say why that failed
 */
#ifndef NSINIT_SPAWN_EXEC_PRIVATE_H
#define NSINIT_SPAWN_EXEC_PRIVATE_H

#include <stdbool.h>

#include "util/error.h"

/*
 * Execute the program `name`, which is searched in the environment's PATH as by execvp(3), but
 * without a shell for a file that the kernel cannot run. Returns only on failure: a negative
 * errno, with the name of the file in `path` (PATH_MAX bytes). Async-signal-safe.
 */
int exec_search(const char *name, char *const *arguments, char *const *environment, char *path);

/* Whether a file that execve(2) refuses with ENOEXEC looks like a shell script. */
bool exec_is_script(const char *path);

/*
 * Fill in reason, kind and hint for a failure of exec_search: the program, its interpreter or its
 * loader is missing, the program is for another machine, permission is denied. Returns -1.
 */
int exec_error(struct error *error, const char *program, char *const *environment, const char *path,
               int error_number);

#endif
