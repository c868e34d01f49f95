/*
 * startup.h - which service of a pod starts when, which stops when, and when all is over
 * A service starts when all in its `after` are up, and is stopped when all that wait for it have
 * ended.
 */
#ifndef NSINIT_POD_STARTUP_H
#define NSINIT_POD_STARTUP_H

#include <stdbool.h>

struct supervised;
struct supervisor;

void launch_init(struct supervisor *supervisor);

/* Start all services, as far as the order allows, a few at a time. */
void launch_begin(struct supervisor *supervisor);

/* The pod is to end: stop all in the reverse order. */
void launch_stop(struct supervisor *supervisor);

/* The same by request; asked once more: on to the next step of each schedule. */
void launch_request_end(struct supervisor *supervisor);

/* The pod has been ended by something that is no service, with that exit code. */
void launch_settle(struct supervisor *supervisor, int exit_code);

/* A service is ready for the first time: those that wait for it may start. */
void launch_on_up(struct supervised *supervised);

/* It has ended for good. */
void launch_on_retire(struct supervised *supervised);

/* It is active now (not down), or not any more. */
void launch_on_active(struct supervised *supervised, bool is_active);

/*
 * By request (nsctl): start it though what it waits for is not up; stop it, and keep it down; stop
 * it and start it again. Refused (-EBUSY) while the pod ends.
 */
int launch_request_start(struct supervised *supervised);
int launch_request_stop(struct supervised *supervised);
int launch_request_restart(struct supervised *supervised);

#endif
