/*
 * init.h - run a pod: start its services, forward signals, reap, and end when they have ended
 */
#ifndef NSINIT_INIT_INIT_H
#define NSINIT_INIT_INIT_H

#include "plan/pod.h"
#include "spawn/inherited.h"
#include "util/error.h"

/* The program was killed by ^C or ^\ at the terminal, which was meant for nsinit's job. */
struct key_death {
    int signal_number; /* INT or QUIT; 0: it was not */
    bool is_unseen;    /* by the rest of the job, which the key did not reach */
};

/* What else than an exit code a pod ends with. */
struct ending {
    enum power power; /* how the machine is to end */
    struct key_death key_death;
};

/*
 * Run the pod until its services have ended and the drain schedule is through. Returns the exit
 * code, with `ending` filled in; or -1 with `error` filled in when it could not be started; from
 * the loop's first turn on nothing is fatal. All signals must be blocked (inherited_save).
 */
int init_run(const struct pod *pod, const struct inherited *inherited, struct ending *ending,
             struct error *error);

#endif
