/*
 * stop_schedule.h - a stop schedule: signals, and how long to wait after each
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

/* Without a step nothing is sent, and nothing waited for. */
struct stop_schedule {
    struct stop_schedule_step steps[STOP_SCHEDULE_STEPS];
    unsigned int count;
};

/*
 * Read "no", or signals and durations by turns as for --retry of start-stop-daemon(8): TERM/3/KILL,
 * -15/10/-9, QUIT/30/TERM/5/KILL, 10/TERM. After a last signal without a duration the schedule
 * waits until no process is left. "forever" alone waits and sends nothing; any other schedule needs
 * a signal. 0, or -1 with `error` filled in.
 */
int stop_schedule_parse(struct stop_schedule *schedule, const char *text, struct error *error);

/* Whether the schedule sends any signal. */
bool stop_schedule_signals(const struct stop_schedule *schedule);

/* Append the schedule as stop_schedule_parse reads it: TERM/10s/KILL, no. */
void stop_schedule_add(struct strbuf *text, const struct stop_schedule *schedule);

#endif
