/*
 * stop_private.h - walk through a stop schedule: send a signal, wait, send the next
 */
#ifndef NSINIT_SERVICE_STOP_PRIVATE_H
#define NSINIT_SERVICE_STOP_PRIVATE_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#include "plan/stop_schedule.h"
#include "plan/supervision.h"
#include "util/loop.h"

struct stop_walk_hooks {
    void (*send)(void *whom, int signal_number);
    void (*over)(void *whom); /* after the last step's time; NULL: nothing is to be done then */
};

struct stop_walk {
    struct ev_loop *loop;
    const struct stop_schedule *schedule; /* NULL: not begun */
    int last_signal;
    unsigned char next;
    bool until_gone; /* KILL follows the last step, unless that waits for ever */
    struct timer timer;
    const struct stop_walk_hooks *hooks;
    void *whom;
};

/* The hooks are called with `whom`. */
void stop_walk_init(struct stop_walk *walk, struct ev_loop *loop,
                    const struct stop_walk_hooks *hooks, void *whom);

/* From the beginning; the first step is taken at once. `schedule` is kept by the caller. */
void stop_walk_begin(struct stop_walk *walk, const struct stop_schedule *schedule);

/* The same for whom nothing may survive: when the schedule is through comes KILL, and no end. */
void stop_walk_begin_until_gone(struct stop_walk *walk, const struct stop_schedule *schedule);

/* If it has begun: take the next step now, and those that follow it without a wait. */
void stop_walk_next(struct stop_walk *walk);

/* Wait at least this long for the next step, if there is a wait at all. */
void stop_walk_extend(struct stop_walk *walk, uint32_t milliseconds);

/* Whether more is to come, or nothing can: after a KILL there is only waiting. */
bool stop_walk_will_end(const struct stop_walk *walk);

/* Whether another step follows the present one. */
bool stop_walk_has_more(const struct stop_walk *walk);

/* Forget it: who was to end has ended. */
void stop_walk_end(struct stop_walk *walk);

/* Before the next run: what a run has left behind is stopped as the service is, or by the pod's
 * schedule of the drain. */
const struct stop_schedule *stop_schedule_between_runs(const struct supervision *plan,
                                                       const struct stop_schedule *drain);

/*
 * After the last run. The service's schedule may say for how long the program is waited for; what
 * it leaves behind has the drain's time, if the program's has no end.
 */
const struct stop_schedule *stop_schedule_at_end(const struct supervision *plan,
                                                 const struct stop_schedule *drain);

#endif
