/*
 * stop.h - walk through a stop schedule: send a signal, wait, send the next
 */
#ifndef NSINIT_SERVICE_STOP_H
#define NSINIT_SERVICE_STOP_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#include "plan/stop_schedule.h"
#include "util/loop.h"

struct steps_hooks {
    void (*send)(void *whom, int signal_number);
    void (*over)(void *whom); /* after the last step's time; NULL: nothing is to be done then */
};

struct steps {
    struct ev_loop *loop;
    const struct schedule *schedule; /* NULL: not begun */
    int last_signal;
    unsigned char next;
    bool until_gone; /* KILL follows the last step, unless that waits for ever */
    struct timer timer;
    const struct steps_hooks *hooks;
    void *whom;
};

/* The hooks are called with `whom`. */
void steps_init(struct steps *steps, struct ev_loop *loop, const struct steps_hooks *hooks,
                void *whom);

/* From the beginning; the first step is taken at once. `schedule` is kept by the caller. */
void steps_begin(struct steps *steps, const struct schedule *schedule);

/* The same for whom nothing may survive: when the schedule is through comes KILL, and no end. */
void steps_begin_until_gone(struct steps *steps, const struct schedule *schedule);

/* If it has begun: take the next step now, and those that follow it without a wait. */
void steps_go_on(struct steps *steps);

/* Wait at least this long for the next step, if there is a wait at all. */
void steps_extend(struct steps *steps, uint32_t milliseconds);

/* Whether more is to come, or nothing can: after a KILL there is only waiting. */
bool steps_lead_to_the_end(const struct steps *steps);

/* Whether another step follows the present one. */
bool steps_have_more(const struct steps *steps);

/* Forget it: who was to end has ended. */
void steps_end(struct steps *steps);

#endif
