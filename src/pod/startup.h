/*
 * startup.h - start and stop the services of a pod in their order, and decide when the pod is over
 * A service starts when all services in its `after` are up. A stop reaches a service when all
 * services that have it in their `after` have ended.
 */
#ifndef NSINIT_POD_STARTUP_H
#define NSINIT_POD_STARTUP_H

#include <stdbool.h>

struct supervised;
struct supervisor;

void startup_init(struct supervisor *supervisor);

/* Start all services in their order, a few at a time. */
void startup_begin(struct supervisor *supervisor);

/* Stop all services in the reverse order. */
void startup_stop(struct supervisor *supervisor);

/* Stop all services by request. A second request skips to the next step of each stop schedule. */
void startup_request_end(struct supervisor *supervisor);

/* Something other than a service has ended the pod: set its exit code. */
void startup_settle(struct supervisor *supervisor, int exit_code);

/* A service is ready, or a oneshot is done: services that wait for it may start. */
void startup_on_up(struct supervised *supervised);

/* A service has ended for good. */
void startup_on_down(struct supervised *supervised);

/* A service is not down any more, or is down again. */
void startup_on_active(struct supervised *supervised, bool is_active);

/*
 * Requests of nsctl: start a service whether or not those in its `after` are up; stop it and keep
 * it down; stop it and start it again. 0, or -EBUSY while the pod is being stopped.
 */
int startup_request_start(struct supervised *supervised);
int startup_request_stop(struct supervised *supervised);
int startup_request_restart(struct supervised *supervised);

#endif
