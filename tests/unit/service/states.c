/*
 * states.c - tests of service/states.c: the table itself, and what must hold of any such table
 */
#include "service/states.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

/* All that can happen. What is not listed can't, is a fault of nsinit's own, and changes nothing.
 */
static const struct expectation {
    enum service_state state;
    enum service_event event;
    enum service_action action;
    enum service_state next;
} expectations[] = {
    {SERVICE_DOWN, EVENT_START, DO_SPAWN, SERVICE_SETUP},
    {SERVICE_DOWN, EVENT_STOP, DO_NOTHING, SERVICE_DOWN},
    {SERVICE_DOWN, EVENT_STOP_LEFTOVERS, DO_CLEAN, SERVICE_ENDING},

    {SERVICE_SETUP, EVENT_EXECUTED, DO_BEGIN, SERVICE_STARTING},
    {SERVICE_SETUP, EVENT_STOP, DO_STOP, SERVICE_STOPPING},
    {SERVICE_SETUP, EVENT_ENDED_RESTART, DO_CLEAN, SERVICE_CLEANING},
    {SERVICE_SETUP, EVENT_ENDED_FINALLY, DO_RETIRE, SERVICE_DOWN},

    {SERVICE_STARTING, EVENT_READY, DO_ANNOUNCE, SERVICE_READY},
    {SERVICE_STARTING, EVENT_READY_TIMEOUT, DO_END_RUN, SERVICE_FAILING},
    {SERVICE_STARTING, EVENT_WATCHDOG, DO_ABORT_RUN, SERVICE_FAILING},
    {SERVICE_STARTING, EVENT_NETWORK_LOST, DO_END_RUN, SERVICE_FAILING},
    {SERVICE_STARTING, EVENT_STOP, DO_STOP, SERVICE_STOPPING},
    {SERVICE_STARTING, EVENT_ENDED_RESTART, DO_CLEAN, SERVICE_CLEANING},
    {SERVICE_STARTING, EVENT_ENDED_FINALLY, DO_RETIRE, SERVICE_DOWN},

    {SERVICE_READY, EVENT_READY, DO_NOTHING, SERVICE_READY},
    {SERVICE_READY, EVENT_WATCHDOG, DO_ABORT_RUN, SERVICE_FAILING},
    {SERVICE_READY, EVENT_NETWORK_LOST, DO_END_RUN, SERVICE_FAILING},
    {SERVICE_READY, EVENT_UNHEALTHY, DO_END_RUN, SERVICE_FAILING},
    {SERVICE_READY, EVENT_STOP, DO_STOP, SERVICE_STOPPING},
    {SERVICE_READY, EVENT_ENDED_RESTART, DO_CLEAN, SERVICE_CLEANING},
    {SERVICE_READY, EVENT_ENDED_FINALLY, DO_RETIRE, SERVICE_DOWN},

    {SERVICE_STOPPING, EVENT_EXECUTED, DO_NOTHING, SERVICE_STOPPING},
    {SERVICE_STOPPING, EVENT_READY, DO_NOTHING, SERVICE_STOPPING},
    {SERVICE_STOPPING, EVENT_WATCHDOG, DO_NOTHING, SERVICE_STOPPING},
    {SERVICE_STOPPING, EVENT_NETWORK_LOST, DO_NOTHING, SERVICE_STOPPING},
    {SERVICE_STOPPING, EVENT_STOP, DO_SKIP_STEP, SERVICE_STOPPING},
    {SERVICE_STOPPING, EVENT_ENDED_FINALLY, DO_CLEAN, SERVICE_ENDING},
    {SERVICE_STOPPING, EVENT_ENDED_BY_REQUEST, DO_CLEAN, SERVICE_CLEANING},

    {SERVICE_FAILING, EVENT_READY, DO_NOTHING, SERVICE_FAILING},
    {SERVICE_FAILING, EVENT_WATCHDOG, DO_NOTHING, SERVICE_FAILING},
    {SERVICE_FAILING, EVENT_NETWORK_LOST, DO_NOTHING, SERVICE_FAILING},
    {SERVICE_FAILING, EVENT_STOP, DO_STOP, SERVICE_STOPPING},
    {SERVICE_FAILING, EVENT_ENDED_RESTART, DO_CLEAN, SERVICE_CLEANING},
    {SERVICE_FAILING, EVENT_ENDED_FINALLY, DO_RETIRE, SERVICE_DOWN},

    {SERVICE_CLEANING, EVENT_STOP, DO_NOTHING, SERVICE_ENDING},
    {SERVICE_CLEANING, EVENT_CLEAN, DO_DELAY, SERVICE_WAITING},

    {SERVICE_ENDING, EVENT_STOP, DO_SKIP_STEP, SERVICE_ENDING},
    {SERVICE_ENDING, EVENT_CLEAN, DO_RETIRE, SERVICE_DOWN},

    {SERVICE_WAITING, EVENT_STOP, DO_RETIRE, SERVICE_DOWN},
    {SERVICE_WAITING, EVENT_DELAY_OVER, DO_SPAWN, SERVICE_SETUP},
};

static struct transition expected(enum service_state state, enum service_event event)
{
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++)
        if (expectations[i].state == state && expectations[i].event == event)
            return (struct transition){expectations[i].action, expectations[i].next};
    return (struct transition){DO_WARN, state};
}

/* ---- every sequence of events ------------------------------------------------------------- */

/* Enough for two runs, and the end of the second in any way. */
enum { LONGEST_SEQUENCE = 10 };

struct step {
    enum service_state before;
    enum service_event event;
    enum service_action action;
    enum service_state after;
};

/* What has happened since the service was down for the first time. */
struct history {
    struct step steps[LONGEST_SEQUENCE];
    size_t count;
};

/* Says what is wrong with the last step of a history, or NULL. */
typedef const char *rule(const struct history *history);

static unsigned long walked;

static void fail_at(const struct history *history, const char *why)
{
    for (size_t i = 0; i < history->count; i++)
        printf("# %s: %s -> %s, %s\n", service_state_name(history->steps[i].before),
               service_event_name(history->steps[i].event),
               service_action_name(history->steps[i].action),
               service_state_name(history->steps[i].after));
    ck_abort_msg("%s", why);
}

/* Events that can't come change nothing, which another test sees to, and are left out. */
static void walk(struct history *history, enum service_state state, rule *is_broken)
{
    for (int event = 0; event < SERVICE_EVENT_COUNT; event++) {
        struct transition transition = service_transition(state, (enum service_event)event);
        const char *why;

        if (transition.action == DO_WARN)
            continue;
        history->steps[history->count++] =
            (struct step){state, (enum service_event)event, transition.action, transition.next};
        walked++;
        why = is_broken(history);
        if (why != NULL)
            fail_at(history, why);
        if (history->count < LONGEST_SEQUENCE)
            walk(history, transition.next, is_broken);
        history->count--;
    }
}

static void ck_assert_always(rule *is_broken)
{
    struct history history = {0};

    walked = 0;
    walk(&history, SERVICE_DOWN, is_broken);
    /* A table in which nothing can happen breaks no rule either. */
    ck_assert_uint_gt(walked, 10000);
}

static const struct step *last_of(const struct history *history)
{
    return &history->steps[history->count - 1];
}

/* How often the action was taken in the present run, which begins with its start, or for the end of
 * what an earlier one has left behind. */
static unsigned int times_in_run(const struct history *history, enum service_action action)
{
    unsigned int times = 0;

    for (size_t i = history->count; i-- > 0 && history->steps[i].action != DO_SPAWN;) {
        times += history->steps[i].action == action;
        if (history->steps[i].event == EVENT_STOP_LEFTOVERS)
            break;
    }
    return times;
}

/* ---- the table ---------------------------------------------------------------------------- */

START_TEST(every_event_in_every_state_does_what_is_expected)
{
    for (int state = 0; state < SERVICE_STATE_COUNT; state++)
        for (int event = 0; event < SERVICE_EVENT_COUNT; event++) {
            struct transition found =
                service_transition((enum service_state)state, (enum service_event)event);
            struct transition wanted =
                expected((enum service_state)state, (enum service_event)event);

            ck_assert_msg(found.action == wanted.action && found.next == wanted.next,
                          "'%s' in '%s': %s, %s instead of %s, %s",
                          service_event_name((enum service_event)event),
                          service_state_name((enum service_state)state),
                          service_action_name(found.action), service_state_name(found.next),
                          service_action_name(wanted.action), service_state_name(wanted.next));
        }
}
END_TEST

static void ck_assert_new_name(const char *name, const char **names, size_t count)
{
    ck_assert_ptr_nonnull(name);
    ck_assert_uint_gt(strlen(name), 0);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_ne(name, names[i]);
    names[count] = name;
}

START_TEST(every_state_event_and_action_has_a_name_of_its_own)
{
    const char *names[SERVICE_STATE_COUNT + SERVICE_EVENT_COUNT + SERVICE_ACTION_COUNT];

    for (size_t i = 0; i < SERVICE_STATE_COUNT; i++)
        ck_assert_new_name(service_state_name((enum service_state)i), names, i);
    for (size_t i = 0; i < SERVICE_EVENT_COUNT; i++)
        ck_assert_new_name(service_event_name((enum service_event)i), names, i);
    for (size_t i = 0; i < SERVICE_ACTION_COUNT; i++)
        ck_assert_new_name(service_action_name((enum service_action)i), names, i);
}
END_TEST

START_TEST(every_action_is_asked_for_somewhere)
{
    bool found[SERVICE_ACTION_COUNT] = {false};

    for (int state = 0; state < SERVICE_STATE_COUNT; state++)
        for (int event = 0; event < SERVICE_EVENT_COUNT; event++)
            found[service_transition((enum service_state)state, (enum service_event)event).action] =
                true;
    for (int action = 0; action < SERVICE_ACTION_COUNT; action++)
        ck_assert_msg(found[action], "%s", service_action_name((enum service_action)action));
}
END_TEST

static bool was_seen[SERVICE_STATE_COUNT];

static const char *note_state(const struct history *history)
{
    was_seen[last_of(history)->after] = true;
    return NULL;
}

START_TEST(every_state_can_be_reached)
{
    ck_assert_always(note_state);
    for (int state = 0; state < SERVICE_STATE_COUNT; state++)
        ck_assert_msg(was_seen[state], "%s", service_state_name((enum service_state)state));
}
END_TEST

/* ---- what must hold, whatever happens ----------------------------------------------------- */

static const char *leaves_down_unasked(const struct history *history)
{
    const struct step *last = last_of(history);

    if (last->before == SERVICE_DOWN && last->after != SERVICE_DOWN &&
        last->after != SERVICE_ENDING && last->event != EVENT_START)
        return "it was started by another event than a start";
    return NULL;
}

START_TEST(what_is_down_is_started_by_a_start_alone)
{
    ck_assert_always(leaves_down_unasked);
}
END_TEST

static bool is_by_request(enum service_event event)
{
    return event == EVENT_START || event == EVENT_ENDED_BY_REQUEST;
}

/* Whether a stop has been asked for since the last start that was asked for. */
static bool is_to_stop(const struct history *history)
{
    for (size_t i = history->count; i-- > 0 && !is_by_request(history->steps[i].event);)
        if (history->steps[i].event == EVENT_STOP)
            return true;
    return false;
}

static const char *goes_on_after_stop(const struct history *history)
{
    const struct step *last = last_of(history);

    if (!is_to_stop(history))
        return NULL;
    if (last->action == DO_SPAWN || last->action == DO_DELAY || last->action == DO_ANNOUNCE)
        return "it went on after it had been asked to stop";
    if (last->after != SERVICE_STOPPING && last->after != SERVICE_ENDING &&
        last->after != SERVICE_DOWN)
        return "it is not on its way to its end";
    return NULL;
}

START_TEST(a_stop_request_ends_all_restarting_in_every_state)
{
    ck_assert_always(goes_on_after_stop);
}
END_TEST

START_TEST(a_stop_request_is_heard_in_every_state)
{
    for (int state = 0; state < SERVICE_STATE_COUNT; state++)
        ck_assert_int_ne(service_transition((enum service_state)state, EVENT_STOP).action, DO_WARN);
}
END_TEST

/* Only the end of the program leads out of it, and that can't be missed. */
START_TEST(what_is_stopping_is_ending_when_its_program_has_ended)
{
    for (int event = 0; event < SERVICE_EVENT_COUNT; event++)
        if (event != EVENT_ENDED_BY_REQUEST)
            ck_assert_int_eq(service_transition(SERVICE_STOPPING, (enum service_event)event).next,
                             event == EVENT_ENDED_FINALLY ? SERVICE_ENDING : SERVICE_STOPPING);
}
END_TEST

START_TEST(what_is_ending_is_down_when_nothing_of_it_is_left)
{
    for (int event = 0; event < SERVICE_EVENT_COUNT; event++)
        ck_assert_int_eq(service_transition(SERVICE_ENDING, (enum service_event)event).next,
                         event == EVENT_CLEAN ? SERVICE_DOWN : SERVICE_ENDING);
}
END_TEST

/* A run is over once and for all, or to be followed by another one: nothing waits for ever. */
START_TEST(the_end_of_a_run_is_heard_in_every_state_with_a_program)
{
    static const enum service_state with_program[] = {SERVICE_STARTING, SERVICE_READY,
                                                      SERVICE_FAILING};

    for (size_t i = 0; i < sizeof with_program / sizeof with_program[0]; i++) {
        struct transition end = service_transition(with_program[i], EVENT_ENDED_FINALLY);

        ck_assert_int_eq(end.action, DO_RETIRE);
        ck_assert_int_eq(end.next, SERVICE_DOWN);
    }
}
END_TEST

static const char *restarts_too_early(const struct history *history)
{
    const struct step *last = last_of(history);

    if (last->action != DO_SPAWN || last->event == EVENT_START)
        return NULL;
    if (history->count < 3 || last[-1].action != DO_DELAY || last[-2].action != DO_CLEAN)
        return "a restart came before the last run's rest was ended and the delay was over";
    return NULL;
}

START_TEST(a_restart_comes_after_cleaning_and_the_delay)
{
    ck_assert_always(restarts_too_early);
}
END_TEST

static const char *spawns_beside_a_run(const struct history *history)
{
    const struct step *last = last_of(history);

    if (last->action == DO_SPAWN && last->before != SERVICE_DOWN && last->before != SERVICE_WAITING)
        return "a second program was started";
    return NULL;
}

START_TEST(no_program_is_started_beside_another)
{
    ck_assert_always(spawns_beside_a_run);
}
END_TEST

static const char *acts_twice(const struct history *history)
{
    static const enum service_action once[] = {DO_ANNOUNCE, DO_STOP, DO_CLEAN, DO_DELAY, DO_RETIRE};

    for (size_t i = 0; i < sizeof once / sizeof once[0]; i++)
        if (times_in_run(history, once[i]) > 1)
            return service_action_name(once[i]);
    if (times_in_run(history, DO_END_RUN) + times_in_run(history, DO_ABORT_RUN) > 1)
        return "a run that failed failed again";
    return NULL;
}

START_TEST(nothing_is_done_twice_in_a_run)
{
    ck_assert_always(acts_twice);
}
END_TEST

static const char *hurries_nothing(const struct history *history)
{
    if (last_of(history)->action == DO_SKIP_STEP &&
        times_in_run(history, DO_STOP) + times_in_run(history, DO_CLEAN) == 0)
        return "the next step of a schedule that has not begun";
    return NULL;
}

START_TEST(a_schedule_is_hurried_only_after_it_has_begun)
{
    ck_assert_always(hurries_nothing);
}
END_TEST

static const char *is_down_without_retiring(const struct history *history)
{
    const struct step *last = last_of(history);
    bool has_ended = last->before != SERVICE_DOWN && last->after == SERVICE_DOWN;

    return has_ended != (last->action == DO_RETIRE) ? "down and retired are not the same" : NULL;
}

START_TEST(it_retires_exactly_when_it_goes_down)
{
    ck_assert_always(is_down_without_retiring);
}
END_TEST

TCase *states_case(void)
{
    const TTest *const tests[] = {every_event_in_every_state_does_what_is_expected,
                                  every_state_event_and_action_has_a_name_of_its_own,
                                  every_action_is_asked_for_somewhere,
                                  every_state_can_be_reached,
                                  what_is_down_is_started_by_a_start_alone,
                                  a_stop_request_ends_all_restarting_in_every_state,
                                  a_stop_request_is_heard_in_every_state,
                                  what_is_stopping_is_ending_when_its_program_has_ended,
                                  what_is_ending_is_down_when_nothing_of_it_is_left,
                                  the_end_of_a_run_is_heard_in_every_state_with_a_program,
                                  a_restart_comes_after_cleaning_and_the_delay,
                                  no_program_is_started_beside_another,
                                  nothing_is_done_twice_in_a_run,
                                  a_schedule_is_hurried_only_after_it_has_begun,
                                  it_retires_exactly_when_it_goes_down,
                                  NULL};

    return case_of("states", tests);
}
