/*
 * init.h - run a pod: start its services, forward signals, reap, and end when they have ended
 */
#ifndef NSINIT_INIT_INIT_H
#define NSINIT_INIT_INIT_H

#include "pod/pod.h"
#include "spawn/inherited.h"
#include "util/error.h"

/*
 * Run the pod until its services have ended and the drain schedule is through. Returns the exit
 * code, with `power` filled in where the machine's end was asked for; or -1 with `error` filled in
 * when it could not be started; from the loop's first turn on nothing is fatal. All signals must be
 * blocked (inherited_take).
 */
int init_run(const struct pod *pod, const struct inherited *inherited, enum power *power,
             struct error *error);

#endif
