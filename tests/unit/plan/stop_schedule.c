/*
 * stop_schedule.c - tests of plan/stop_schedule.c
 */
#include "plan/stop_schedule.h"

#include <signal.h>
#include <string.h>

#include "unit/unit.h"

static struct stop_schedule parsed(const char *text)
{
    struct stop_schedule schedule = {0};
    struct error error = {0};

    ck_assert_msg(stop_schedule_parse(&schedule, text, &error) == 0, "%s: %s", text, error.reason);
    return schedule;
}

static void ck_assert_step(const struct stop_schedule *schedule, unsigned int step,
                           int signal_number, uint32_t wait_ms)
{
    ck_assert_int_eq(schedule->steps[step].signal_number, signal_number);
    ck_assert_uint_eq(schedule->steps[step].wait_ms, wait_ms);
}

START_TEST(signals_and_durations_take_turns)
{
    struct stop_schedule schedule = parsed("QUIT/30/TERM/500ms/KILL");

    ck_assert_uint_eq(schedule.count, 3);
    ck_assert_step(&schedule, 0, SIGQUIT, 30000);
    ck_assert_step(&schedule, 1, SIGTERM, 500);
    ck_assert_step(&schedule, 2, SIGKILL, WAIT_FOREVER);
}
END_TEST

START_TEST(a_signal_right_behind_another_comes_at_once)
{
    struct stop_schedule schedule = parsed("TERM/CONT/5/KILL");

    ck_assert_uint_eq(schedule.count, 3);
    ck_assert_step(&schedule, 0, SIGTERM, 0);
    ck_assert_step(&schedule, 1, SIGCONT, 5000);
}
END_TEST

START_TEST(a_schedule_may_begin_with_waiting)
{
    struct stop_schedule schedule = parsed("10/TERM/0");

    ck_assert_uint_eq(schedule.count, 2);
    ck_assert_step(&schedule, 0, 0, 10000);
    ck_assert_step(&schedule, 1, SIGTERM, 0);
    schedule = parsed("forever");
    ck_assert_uint_eq(schedule.count, 1);
    ck_assert_step(&schedule, 0, 0, WAIT_FOREVER);
}
END_TEST

START_TEST(a_wait_without_end_may_stand_before_another_step)
{
    struct stop_schedule schedule = parsed("TERM/forever/KILL");

    ck_assert_uint_eq(schedule.count, 2);
    ck_assert_step(&schedule, 0, SIGTERM, WAIT_FOREVER);
    ck_assert_step(&schedule, 1, SIGKILL, WAIT_FOREVER);
    schedule = parsed("forever/TERM/1");
    ck_assert_uint_eq(schedule.count, 2);
    ck_assert_step(&schedule, 0, 0, WAIT_FOREVER);
    ck_assert_step(&schedule, 1, SIGTERM, 1000);
}
END_TEST

START_TEST(a_minus_sign_makes_a_signal_of_a_number)
{
    struct stop_schedule schedule = parsed("-15/10/-9");

    ck_assert_uint_eq(schedule.count, 2);
    ck_assert_step(&schedule, 0, SIGTERM, 10000);
    ck_assert_step(&schedule, 1, SIGKILL, WAIT_FOREVER);
    schedule = parsed("-TERM/1");
    ck_assert_step(&schedule, 0, SIGTERM, 1000);
}
END_TEST

START_TEST(no_is_the_empty_schedule)
{
    struct stop_schedule schedule = parsed("no");

    ck_assert_uint_eq(schedule.count, 0);
}
END_TEST

START_TEST(what_is_wrong_is_named_and_changes_nothing)
{
    static const char *const wrong[][2] = {
        {"TERN/5", "did you mean TERM?"},
        {"TERM/5x", "invalid duration '5x'"},
        {"", "invalid schedule"},
        {"TERM//KILL", "invalid schedule"},
        {"TERM/", "invalid schedule"},
        {"1/1/1", "duration '1' follows a duration"},
        {"-65/1", "unknown signal"},
        {"15/10/9", "duration '10' follows a duration"},
        {"10", "it has no signal"},
        {"TERM/1/5/KILL", "duration '5' follows a duration"},
        {"-/5", "unknown signal"},
        {"TERM/4294967295ms/KILL", "invalid duration"},
        {"1/TERM/1/TERM/1/TERM/1/TERM/1/TERM/1/TERM/1/TERM/1/TERM", "more than 8 steps"},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct stop_schedule schedule = {.count = 3};
        struct error error = {0};

        ck_assert_int_eq(stop_schedule_parse(&schedule, wrong[i][0], &error), -1);
        ck_assert_msg(strstr(error.reason, wrong[i][1]) != NULL, "%s: %s", wrong[i][0],
                      error.reason);
        ck_assert_uint_eq(schedule.count, 3);
        ck_assert_int_eq(error.kind, ERROR_USAGE);
    }
}
END_TEST

TCase *stop_schedule_case(void)
{
    const TTest *const tests[] = {signals_and_durations_take_turns,
                                  a_signal_right_behind_another_comes_at_once,
                                  a_schedule_may_begin_with_waiting,
                                  a_wait_without_end_may_stand_before_another_step,
                                  a_minus_sign_makes_a_signal_of_a_number,
                                  no_is_the_empty_schedule,
                                  what_is_wrong_is_named_and_changes_nothing,
                                  NULL};

    return case_of("stop_schedule", tests);
}
