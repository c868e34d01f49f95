/*
 * run.h - one run of a service: from the start of its program until nothing is expected of it
 */
#ifndef NSINIT_SUPERVISE_RUN_H
#define NSINIT_SUPERVISE_RUN_H

#include <stdint.h>

#include "util/error.h"

struct supervised;

/* Execute the program and listen to it. 0, or -1 with `error` filled in and nothing running. */
int run_start(struct supervised *supervised, struct error *error);

/* It is being ended, or has ended: no timer and no health check goes on. */
void run_unwatch(struct supervised *supervised);

/* (Re)start the time within which it must say that it is alive, if it must. */
void run_start_watchdog(struct supervised *supervised);

#endif
