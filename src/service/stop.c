/*
 * stop.c - walk through a stop schedule: send a signal, wait, send the next
 */
#include "service/stop_private.h"

#include <signal.h>

#include "util/loop.h"

static void on_timer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    stop_walk_go_on(watcher->data);
}

void stop_walk_init(struct stop_walk *steps, struct ev_loop *loop,
                    const struct stop_walk_hooks *hooks, void *whom)
{
    *steps = (struct stop_walk){.loop = loop, .hooks = hooks, .whom = whom};
    timer_init(&steps->timer, on_timer, steps);
}

static void take_step(struct stop_walk *steps, int signal_number)
{
    steps->last_signal = signal_number;
    steps->hooks->send(steps->whom, signal_number);
    /* Who is stopped can't act on it before a CONT. */
    if (signal_number != SIGKILL && signal_number != SIGSTOP)
        steps->hooks->send(steps->whom, SIGCONT);
}

static void begin(struct stop_walk *steps, const struct stop_schedule *schedule, bool until_gone)
{
    steps->schedule = schedule;
    steps->until_gone = until_gone;
    steps->next = 0;
    steps->last_signal = 0;
    stop_walk_go_on(steps);
}

void stop_walk_begin(struct stop_walk *steps, const struct stop_schedule *schedule)
{
    begin(steps, schedule, false);
}

void stop_walk_begin_until_gone(struct stop_walk *steps, const struct stop_schedule *schedule)
{
    begin(steps, schedule, true);
}

void stop_walk_go_on(struct stop_walk *steps)
{
    const struct stop_schedule *schedule = steps->schedule;

    if (schedule == NULL)
        return;
    timer_stop(steps->loop, &steps->timer);
    while (steps->next < schedule->count) {
        const struct stop_schedule_step *step = &schedule->steps[steps->next++];

        if (step->signal_number != 0)
            take_step(steps, step->signal_number);
        if (step->wait_ms == WAIT_FOREVER)
            return;
        if (step->wait_ms > 0) {
            timer_start(steps->loop, &steps->timer, step->wait_ms);
            return;
        }
    }
    if (steps->until_gone)
        take_step(steps, SIGKILL);
    else if (steps->hooks->over != NULL)
        steps->hooks->over(steps->whom);
}

void stop_walk_extend(struct stop_walk *steps, uint32_t milliseconds)
{
    timer_extend(steps->loop, &steps->timer, milliseconds);
}

bool stop_walk_lead_to_the_end(const struct stop_walk *steps)
{
    return steps->schedule != NULL &&
           (ev_is_active(&steps->timer) || steps->last_signal == SIGKILL);
}

bool stop_walk_have_more(const struct stop_walk *steps)
{
    return steps->schedule != NULL && steps->next < steps->schedule->count;
}

void stop_walk_end(struct stop_walk *steps)
{
    timer_stop(steps->loop, &steps->timer);
    steps->schedule = NULL;
}

const struct stop_schedule *stop_schedule_between_runs(const struct supervision *plan,
                                                       const struct stop_schedule *drain)
{
    static const struct stop_schedule by_default = {
        .steps = {{SIGTERM, 3000}, {SIGKILL, WAIT_FOREVER}}, .count = 2};

    if (plan->stop != NULL)
        return plan->stop;
    return drain->count > 0 ? drain : &by_default;
}

const struct stop_schedule *stop_schedule_at_end(const struct supervision *plan,
                                                 const struct stop_schedule *drain)
{
    const struct stop_schedule *stop = supervision_stop(plan);
    const struct stop_schedule_step *last;

    if (stop->count == 0)
        return drain;
    last = &stop->steps[stop->count - 1];
    return last->wait_ms == WAIT_FOREVER && last->signal_number != SIGKILL ? drain : stop;
}
