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

void startup_init(struct supervisor *supervisor);

/* Start all services, as far as the order allows, a few at a time. */
void startup_begin(struct supervisor *supervisor);

/* The pod is to end: stop all in the reverse order. */
void startup_stop(struct supervisor *supervisor);

/* The same by request; asked once more: on to the next step of each schedule. */
void startup_request_end(struct supervisor *supervisor);

/* The pod has been ended by something that is no service, with that exit code. */
void startup_settle(struct supervisor *supervisor, int exit_code);

/* A service is ready for the first time: those that wait for it may start. */
void startup_on_up(struct supervised *supervised);

/* It has ended for good. */
void startup_on_down(struct supervised *supervised);

/* It is active now (not down), or not any more. */
void startup_on_active(struct supervised *supervised, bool is_active);

/*
 * By request (nsctl): start it though what it waits for is not up; stop it, and keep it down; stop
 * it and start it again. Refused (-EBUSY) while the pod ends.
 */
int startup_request_start(struct supervised *supervised);
int startup_request_stop(struct supervised *supervised);
int startup_request_restart(struct supervised *supervised);

#endif
