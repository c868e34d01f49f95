/*
 * run_private.h - one run of a service: from the start of its program until nothing is expected of
 * it
 */
#ifndef NSINIT_SERVICE_RUN_PRIVATE_H
#define NSINIT_SERVICE_RUN_PRIVATE_H

#include <sys/types.h>

#include "service/setup.h"
#include "util/error.h"

struct supervised;

/*
 * Begin to set up its process: the hooks are told, with the service as their owner, when its
 * program runs or can't, perhaps before this returns. 0, or -1 with `error` filled in.
 */
int run_start(struct supervised *supervised, const struct setup_hooks *hooks, struct error *error);

/* Its program runs: listen to it. */
void run_begin(struct supervised *supervised, struct spawning *spawning);

/* The process is not wanted any more before it has executed its program. */
void run_abandon_setup(struct supervised *supervised);

/* Its program, which was the process `pid`, has ended: hear what it has said last. */
void run_end(struct supervised *supervised, pid_t pid, int wait_status);

/* Nothing is left of the run, or of the last one: delete what connected it to the network, unless
 * that is kept for others. */
void run_disconnect(struct supervised *supervised);
void run_disconnect_last(struct supervised *supervised);

/* Something may be left that needs it: else it is to be gone before nsinit is. */
void run_await_disconnection(const struct supervised *supervised);

/* It is being ended, or has ended: no timer and no health check goes on. */
void run_unwatch(struct supervised *supervised);

#endif
