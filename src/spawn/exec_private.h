/*
 * exec_private.h - find and execute a program, and say in plain words why that failed
 */
#ifndef NSINIT_SPAWN_EXEC_PRIVATE_H
#define NSINIT_SPAWN_EXEC_PRIVATE_H

#include <stdbool.h>

#include "util/error.h"

/*
 * execve(2) the program `arguments[0]`, looked for in the environment's PATH as by execvp(3), but
 * with no shell for what the kernel can't run. Returns only on failure: a negative errno, with the
 * file it is about in `path` (PATH_MAX bytes). Async-signal-safe.
 */
int exec_search(char *const *arguments, char *const *environment, char *path);

/* Whether a file that the kernel does not know how to run looks like a shell script. */
bool exec_is_script(const char *path);

/*
 * Fill in reason, kind and hint for a failure of exec_search: what is missing, the program, its
 * interpreter or its loader; a program for another machine; no permission. Returns -1.
 */
int exec_error(struct error *error, const char *program, char *const *environment, const char *path,
               int error_number);

#endif
