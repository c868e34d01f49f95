/*
 * stop_schedule.h - a stop schedule: which signal, then how long to wait, then which, …
 */
#ifndef NSINIT_PLAN_STOP_SCHEDULE_H
#define NSINIT_PLAN_STOP_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"
#include "util/strbuf.h"

enum { STOP_SCHEDULE_STEPS = 8 };

#define WAIT_FOREVER UINT32_MAX

struct stop_schedule_step {
    int signal_number; /* 0: only wait */
    uint32_t wait_ms;  /* how long until the next step; WAIT_FOREVER: until nothing is left */
};

/* Plain data. No step at all means: do nothing, and do not wait. */
struct stop_schedule {
    struct stop_schedule_step steps[STOP_SCHEDULE_STEPS];
    unsigned int count;
};

/*
 * Read "no" or start-stop-daemon(8)'s --retry syntax: signals and durations by turns, separated by
 * slashes (TERM/3/KILL, -15/10/-9, QUIT/30/TERM/5/KILL, 10/TERM). A last signal with no duration
 * behind it waits until nothing is left. "forever" alone waits and sends nothing; no other schedule
 * is without a signal. 0, or -1 with `error` filled in.
 */
int stop_schedule_parse(struct stop_schedule *schedule, const char *text, struct error *error);

/* Whether it sends any signal. */
bool stop_schedule_signals(const struct stop_schedule *schedule);

/* Append it as it could be given: TERM/10s/KILL, no. */
void stop_schedule_add(struct strbuf *text, const struct stop_schedule *schedule);

#endif
