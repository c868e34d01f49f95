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
    void (*send)(void *owner, int signal_number);
    void (*over)(void *owner); /* after the time of the last step; NULL: not needed */
};

struct stop_walk {
    struct ev_loop *loop;
    const struct stop_schedule *schedule; /* NULL: not begun */
    int last_signal;
    unsigned char next;
    bool until_gone; /* KILL follows the last step, unless that waits forever */
    struct timer timer;
    const struct stop_walk_hooks *hooks;
    void *owner; /* the hooks are called with it */
};

void stop_walk_init(struct stop_walk *walk, struct ev_loop *loop,
                    const struct stop_walk_hooks *hooks, void *owner);

/* Take the first step at once. The caller keeps `schedule`. */
void stop_walk_begin(struct stop_walk *walk, const struct stop_schedule *schedule);

/*
 * As stop_walk_begin, for processes that must not survive: KILL follows the schedule, and the walk
 * is never over.
 */
void stop_walk_begin_until_gone(struct stop_walk *walk, const struct stop_schedule *schedule);

/* If the walk has begun, take the next step now, and those that follow it without a wait. */
void stop_walk_next(struct stop_walk *walk);

/* Extend a wait to at least this long from now, if there is a wait. */
void stop_walk_extend(struct stop_walk *walk, uint32_t milliseconds);

/* Whether the walk waits with a limit, or has sent KILL. */
bool stop_walk_will_end(const struct stop_walk *walk);

/* Whether another step follows the present one. */
bool stop_walk_has_more(const struct stop_walk *walk);

/* Stop the walk: the processes have ended. */
void stop_walk_end(struct stop_walk *walk);

/* The schedule for a run's leftovers before the next run: the service's, or the pod's drain. */
const struct stop_schedule *stop_schedule_between_runs(const struct supervision *plan,
                                                       const struct stop_schedule *drain);

/* The schedule for a run's leftovers after the last run: the service's, or the pod's drain if the
 * service's has no end. */
const struct stop_schedule *stop_schedule_at_end(const struct supervision *plan,
                                                 const struct stop_schedule *drain);

#endif
