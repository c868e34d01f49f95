/*
 * run_private.h - one run of a service, from the setup of its process to the end of its program
 */
#ifndef NSINIT_SERVICE_RUN_PRIVATE_H
#define NSINIT_SERVICE_RUN_PRIVATE_H

#include <sys/types.h>

#include "service/setup.h"
#include "service/states.h"
#include "util/error.h"

struct supervised;

/*
 * Begin to set up the process. The hooks are called with the service as their owner, perhaps before
 * this returns, when the program runs or cannot run. 0, or -1 with `error` filled in.
 */
int run_start(struct supervised *supervised, const struct setup_hooks *hooks, struct error *error);

/* The program runs: listen to it. */
void run_begin(struct supervised *supervised, struct spawning *spawning);

/* The program could not be started: report that as the end of a run. */
void run_fail(struct supervised *supervised, const struct error *error);

/* Kill the process before it has executed its program, as if it had ended with that code. */
void run_abandon_setup(struct supervised *supervised, int exit_code);

/* The program, which was the process `pid`, has ended: read its last messages and report the end.
 */
void run_end(struct supervised *supervised, pid_t pid, int wait_status);

/* The event that follows an end or a failed start, by the restart policy and the requests. */
enum service_event run_outcome(const struct supervised *supervised);

/*
 * After the last process of a run: remove the network devices, unless their namespace is kept.
 * After the last run of all, also remove the devices that other services use, and the files made
 * for the root.
 */
void run_disconnect(struct supervised *supervised);
void run_disconnect_last(struct supervised *supervised);

/* Processes that are left may use the network devices: net_devices_leave. */
void run_await_disconnection(const struct supervised *supervised);

/* The service is being stopped, or has ended: stop its timers and health checks. */
void run_unwatch(struct supervised *supervised);

#endif
