/*
 * init.h - run a pod: start its services, forward signals, reap, and end when all have ended
 */
#ifndef NSINIT_INIT_INIT_H
#define NSINIT_INIT_INIT_H

#include "plan/pod.h"
#include "spawn/inherited.h"
#include "util/error.h"

/* A ^C or ^\ at the terminal has killed the program. In a shell, the key is for the whole job. */
struct key_death {
    int signal_number; /* INT or QUIT; 0: no key has killed it */
    bool is_unseen;    /* the rest of the job has not received the signal */
};

/* How a pod has ended, besides its exit code. */
struct ending {
    enum power power; /* how the machine is to end, if that was requested */
    struct key_death key_death;
};

/*
 * Run the pod until its services have ended and its drain is done. Returns the exit code with
 * `ending` filled in, or -1 with `error` filled in if the pod could not be started. Once the loop
 * runs, no error is fatal. All signals must be blocked (inherited_save).
 */
int init_run(const struct pod *pod, const struct inherited *inherited, struct ending *ending,
             struct error *error);

#endif
