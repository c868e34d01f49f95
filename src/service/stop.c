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
    stop_walk_next(watcher->data);
}

void stop_walk_init(struct stop_walk *walk, struct ev_loop *loop,
                    const struct stop_walk_hooks *hooks, void *owner)
{
    *walk = (struct stop_walk){.loop = loop, .hooks = hooks, .owner = owner};
    timer_init(&walk->timer, on_timer, walk);
}

static void take_step(struct stop_walk *walk, int signal_number)
{
    walk->last_signal = signal_number;
    walk->hooks->send(walk->owner, signal_number);
    /* A stopped process cannot handle the signal before CONT. */
    if (signal_number != SIGKILL && signal_number != SIGSTOP)
        walk->hooks->send(walk->owner, SIGCONT);
}

static void begin(struct stop_walk *walk, const struct stop_schedule *schedule, bool until_gone)
{
    walk->schedule = schedule;
    walk->until_gone = until_gone;
    walk->next = 0;
    walk->last_signal = 0;
    stop_walk_next(walk);
}

void stop_walk_begin(struct stop_walk *walk, const struct stop_schedule *schedule)
{
    begin(walk, schedule, false);
}

void stop_walk_begin_until_gone(struct stop_walk *walk, const struct stop_schedule *schedule)
{
    begin(walk, schedule, true);
}

void stop_walk_next(struct stop_walk *walk)
{
    const struct stop_schedule *schedule = walk->schedule;

    if (schedule == NULL)
        return;
    timer_stop(walk->loop, &walk->timer);
    while (walk->next < schedule->count) {
        const struct stop_schedule_step *step = &schedule->steps[walk->next++];

        if (step->signal_number != 0)
            take_step(walk, step->signal_number);
        if (step->wait_ms == WAIT_FOREVER)
            return;
        if (step->wait_ms > 0) {
            timer_start(walk->loop, &walk->timer, step->wait_ms);
            return;
        }
    }
    if (walk->until_gone)
        take_step(walk, SIGKILL);
    else if (walk->hooks->over != NULL)
        walk->hooks->over(walk->owner);
}

void stop_walk_extend(struct stop_walk *walk, uint32_t milliseconds)
{
    timer_extend(walk->loop, &walk->timer, milliseconds);
}

bool stop_walk_will_end(const struct stop_walk *walk)
{
    return walk->schedule != NULL && (ev_is_active(&walk->timer) || walk->last_signal == SIGKILL);
}

bool stop_walk_has_more(const struct stop_walk *walk)
{
    return walk->schedule != NULL && walk->next < walk->schedule->count;
}

void stop_walk_end(struct stop_walk *walk)
{
    timer_stop(walk->loop, &walk->timer);
    walk->schedule = NULL;
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
