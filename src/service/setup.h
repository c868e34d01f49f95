/*
 * setup.h - watch a process by the loop until it executes its program
 * The room spawn decides on each step. This file calls it when the channel can be read, when a
 * child has ended, and at the deadline.
 */
#ifndef NSINIT_SERVICE_SETUP_H
#define NSINIT_SERVICE_SETUP_H

#include <ev.h>
#include <stdbool.h>

#include "service/children.h"
#include "spawn/spawn.h"
#include "util/loop.h"

struct setup;
struct supervised;
struct service_common;

struct setup_hooks {
    /*
     * SPAWN_STARTED or SPAWN_FAILED. The owner sets descriptors to -1 that it takes out of
     * `spawning`, and adds the process by children_add.
     */
    void (*done)(void *owner, struct spawning *spawning, enum spawn_outcome outcome);
    /* In the new process, for SPAWN_IN_CHILD. Does not return. NULL if that is impossible. */
    void (*inside)(void *owner, const struct spawning *spawning);
};

struct setup {
    struct setup **place; /* the pointer of its owner */
    struct setup *next;   /* in struct setups */
    struct service_common *common;
    const struct setup_hooks *hooks;
    void *owner;
    const struct supervised *target;
    pid_t process; /* in the table of children, or 0 */
    pid_t helper;
    pid_t stage;
    struct ev_io channel;
    struct timer deadline;
    unsigned int round; /* the last round of setup_read_all that has read the channel */
    bool runs_hook;     /* the deadline follows --hook-timeout, else --setup-timeout */
    struct spawning spawning;
};

/* The setups under way. All zero at first. */
struct setups {
    struct setup *first;
    struct setup embedded; /* used if it is free: a single service needs no heap */
    unsigned int round;    /* of setup_read_all */
    pid_t killed_group;    /* the process group of the last helper that was killed, or 0 */
};

/* What setup_begin sets up. All of it stays the caller's. */
struct setup_order {
    const struct service *service;
    const struct spawn_context *context;
    const struct setup_hooks *hooks;
    void *owner;                     /* the hooks are called with it */
    const struct supervised *target; /* the service that it runs, or runs a command for */
};

/*
 * Set up a process. `done` is called, perhaps before this returns, when the program has been
 * executed or cannot be executed. Until then *place points to the setup; afterwards it is NULL.
 */
void setup_begin(struct setup **place, struct service_common *common,
                 const struct setup_order *order);

/* The process that becomes the program, or 0 while its PID is unknown. */
pid_t setup_pid(const struct setup *setup);

/* Whether the setup waits for --hook-created; whether the program may run already. */
bool setup_runs_hook(const struct setup *setup);
bool setup_may_run(const struct setup *setup);

/* Read the channel. The setup may be over, and freed, afterwards. */
void setup_on_message(struct setup *setup);

/* Kill the process, and free the setup. `done` is not called. */
void setup_abandon(struct setup *setup);

/*
 * Take the pasta of a setup whose program runs, if there is one; and end it. The end of pasta by
 * itself is reported to `on_end`, which calls setup_stop_pasta.
 */
void setup_take_pasta(struct service_common *common, struct spawning *spawning, struct pasta *pasta,
                      child_ended *on_end, void *owner);
void setup_stop_pasta(struct service_common *common, struct pasta *pasta);

/*
 * Read the channels of all setups. The child `reaped` (0: none) may be one that a setup has
 * announced by a message which nsinit has not read yet.
 */
void setup_read_all(struct service_common *common, pid_t reaped);

#endif
