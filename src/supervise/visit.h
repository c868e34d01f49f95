/*
 * visit.h - run a command where a service lives: a health check, nsctl exec
 */
#ifndef NSINIT_SUPERVISE_VISIT_H
#define NSINIT_SUPERVISE_VISIT_H

#include <sys/types.h>

#include "spawn/spawn.h"

struct supervised;

/*
 * Start the command `words` in all namespaces of the host, which runs, with its user, limits,
 * environment and directory, and what `plain` gives it. Its pid, which is its process group,
 * too; or -1 with `error` filled in.
 */
int visit_spawn(const struct supervised *host, char *const *words, enum placement placement,
                const struct spawn_context *plain, pid_t *pid, struct error *error);

/* As ptmx_open_in, where the host lives. */
int visit_open_ptmx(const struct supervised *host);

#endif
