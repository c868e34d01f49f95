/*
 * steps.h - walk through a stop schedule: send a signal, wait, send the next
 */
#ifndef NSINIT_SUPERVISE_STEPS_H
#define NSINIT_SUPERVISE_STEPS_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#include "pod/schedule.h"

struct steps {
    struct ev_loop *loop;
    const struct schedule *schedule; /* NULL: not begun */
    unsigned int next;
    int last_signal;
    struct ev_timer timer;
    void (*send)(void *whom, int signal_number);
    void (*over)(void *whom); /* after the last step's time; NULL: nothing is to be done then */
    void *whom;
};

/* `send` and `over` are called with `whom`. */
void steps_init(struct steps *steps, struct ev_loop *loop, void (*send)(void *whom, int signal),
                void (*over)(void *whom), void *whom);

/* From the beginning; the first step is taken at once. `schedule` is kept by the caller. */
void steps_begin(struct steps *steps, const struct schedule *schedule);

/* Take the next step now, and those that follow it without a wait. */
void steps_go_on(struct steps *steps);

/* Wait at least this long for the next step, if there is a wait at all. */
void steps_extend(struct steps *steps, uint32_t milliseconds);

/* Forget it: who was to end has ended. */
void steps_end(struct steps *steps);

#endif
