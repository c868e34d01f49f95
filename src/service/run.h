/*
 * run.h - one run of a service: from the start of its program until nothing is expected of it
 */
#ifndef NSINIT_SERVICE_RUN_H
#define NSINIT_SERVICE_RUN_H

struct supervised;

/*
 * Begin to set up its process. That its program runs is told by EVENT_EXECUTED, that it can't by
 * supervise_on_start_failed, perhaps before this returns.
 */
void run_start(struct supervised *supervised);

/* The process is not wanted any more before it has executed its program: as if it had ended so. */
void run_give_up_setup(struct supervised *supervised, int exit_code);

/* Nothing is left of the run, or of the last one: delete what connected it to the network, unless
 * that is kept for others. */
void run_disconnect(struct supervised *supervised);
void run_disconnect_last(struct supervised *supervised);

/* Something may be left that needs it: else it is to be gone before nsinit is. */
void run_await_disconnection(const struct supervised *supervised);

/* It is being ended, or has ended: no timer and no health check goes on. */
void run_unwatch(struct supervised *supervised);

/* (Re)start the time within which it must say that it is alive, if it must. */
void run_start_watchdog(struct supervised *supervised);

#endif
