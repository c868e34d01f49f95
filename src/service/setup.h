/*
 * setup.h - a process on its way to its program, watched by the loop
 * The room spawn says what the next step is; this file translates the link, the ends of children
 * and the time that is over for it.
 */
#ifndef NSINIT_SERVICE_SETUP_H
#define NSINIT_SERVICE_SETUP_H

#include <ev.h>
#include <stdbool.h>

#include "spawn/spawn.h"
#include "util/loop.h"

struct setup;
struct supervised;
struct service_common;

struct setup_hooks {
    /*
     * SPAWN_STARTED or SPAWN_FAILED. Descriptors that are taken out of `spawning` are to be set to
     * -1 there; the process is the owner's to wait for, by children_add.
     */
    void (*done)(void *owner, struct spawning *spawning, enum spawn_outcome outcome);
    /* In the new process, for SPAWN_IN_CHILD. Does not return. NULL where that can't be. */
    void (*inside)(void *owner, const struct spawning *spawning);
};

struct setup {
    struct setup **place; /* where its owner has it */
    struct setup *next;   /* of `setups` */
    struct service_common *common;
    const struct setup_hooks *hooks;
    void *owner;
    const struct supervised *target;
    pid_t process; /* as it is in the table of children; 0: not there */
    pid_t helper;
    struct ev_io channel;
    struct timer deadline;
    unsigned int heard; /* the round of setup_read_all in which it has been heard */
    bool runs_hook;     /* the deadline is the hook's */
    struct spawning spawning;
};

/* The setups under way. All zero at first. */
struct setups {
    struct setup *first;
    struct setup embedded; /* in use, or not: the first one at a time needs no heap */
    unsigned int round;    /* of setup_read_all */
    pid_t killed_group;    /* of the last helper that was killed, or 0 */
};

/* What is to be set up, for whom. All of it is the caller's. */
struct setup_order {
    const struct service *service;
    const struct spawn_context *context;
    const struct setup_hooks *hooks;
    void *owner;                     /* the hooks are called with it */
    const struct supervised *target; /* the service that it is to run, or run in the place of */
};

/*
 * Set up a process for the service: `done` is called when its program has been executed or can't
 * be, perhaps before this returns. Until then *place leads to the setup, and is NULL from then on.
 */
void setup_begin(struct setup **place, struct service_common *common,
                 const struct setup_order *order);

/* The process that becomes the program, or 0 as long as it is not known. */
pid_t setup_pid(const struct setup *setup);

/* Whether the user's hook is what it waits for; whether the program may run, unheard as yet. */
bool setup_runs_hook(const struct setup *setup);
bool setup_may_run(const struct setup *setup);

/* Hear what has been said. The setup may be over, and freed, after that. */
void setup_on_message(struct setup *setup);

/* Kill it and forget it: `done` is not called. */
void setup_abandon(struct setup *setup);

/*
 * Hear what those under way have said: the child `reaped` (0: none) may be one of theirs that
 * nobody knows yet.
 */
void setup_read_all(struct service_common *common, pid_t reaped);

#endif
