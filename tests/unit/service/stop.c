/*
 * stop.c - tests of service/stop.c: a real loop, in which no time is waited for
 */
#include "service/stop_private.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "unit/unit.h"
#include "util/signal_names.h"

static struct ev_loop *loop;
static struct stop_walk steps;
static struct stop_schedule schedule;

/* What was done, as words: "TERM CONT over". */
static char done[256];

static void note(const char *word)
{
    snprintf(done + strlen(done), sizeof done - strlen(done), "%s%s", done[0] != '\0' ? " " : "",
             word);
}

static void on_send(void *whom, int signal_number)
{
    struct signal_name name;

    ck_assert_ptr_eq(whom, done);
    note(signal_name(signal_number, &name));
}

static void on_over(void *whom)
{
    ck_assert_ptr_eq(whom, done);
    note("over");
}

static const struct stop_walk_hooks with_over = {on_send, on_over};
static const struct stop_walk_hooks without_over = {on_send, NULL};

static void setup(void)
{
    loop = ev_loop_new(EVFLAG_AUTO);
    ck_assert_ptr_nonnull(loop);
    stop_walk_init(&steps, loop, &with_over, done);
}

static void teardown(void)
{
    ev_loop_destroy(loop);
}

static void begin(const char *text)
{
    struct error error = {0};

    ck_assert_msg(stop_schedule_parse(&schedule, text, &error) == 0, "%s", error.reason);
    done[0] = '\0';
    stop_walk_begin(&steps, &schedule);
}

/* What has been done since the last look. */
static void ck_assert_done(const char *expected)
{
    ck_assert_str_eq(done, expected);
    done[0] = '\0';
}

static void ck_assert_waits(double seconds)
{
    ck_assert(ev_is_active(&steps.timer.watcher));
    ck_assert_double_eq_tol(ev_timer_remaining(loop, &steps.timer.watcher), seconds, 0.1);
}

/* The time is over: the loop is told so. */
static void expire(void)
{
    ev_feed_event(loop, &steps.timer.watcher, EV_TIMER);
    ev_run(loop, EVRUN_NOWAIT);
}

START_TEST(nothing_is_sent_before_the_beginning)
{
    ck_assert_ptr_null(steps.schedule);
    ev_run(loop, EVRUN_NOWAIT);
    ck_assert_done("");
    ck_assert(!ev_is_active(&steps.timer.watcher));
}
END_TEST

START_TEST(the_first_signal_is_sent_at_once_and_its_time_begins)
{
    begin("TERM/10/KILL");
    ck_assert_done("TERM CONT");
    ck_assert_waits(10);
    ck_assert_int_eq(steps.last_signal, SIGTERM);
}
END_TEST

START_TEST(the_next_step_comes_when_the_time_is_over)
{
    begin("QUIT/30/TERM/5/KILL");
    ck_assert_done("QUIT CONT");
    expire();
    ck_assert_done("TERM CONT");
    ck_assert_waits(5);
    expire();
    ck_assert_done("KILL");
    ck_assert_int_eq(steps.last_signal, SIGKILL);
}
END_TEST

START_TEST(a_last_signal_without_a_time_waits_for_ever)
{
    begin("KILL");
    ck_assert_done("KILL");
    ck_assert(!ev_is_active(&steps.timer.watcher));
    ck_assert_ptr_nonnull(steps.schedule);
}
END_TEST

START_TEST(after_the_last_steps_time_it_is_over)
{
    begin("TERM/1");
    ck_assert_done("TERM CONT");
    expire();
    ck_assert_done("over");
    ck_assert(!ev_is_active(&steps.timer.watcher));
}
END_TEST

START_TEST(steps_without_a_wait_are_taken_together)
{
    begin("HUP/TERM/0/INT/0/KILL/0");
    ck_assert_done("HUP CONT TERM CONT INT CONT KILL over");
}
END_TEST

START_TEST(a_step_may_only_wait)
{
    begin("5/TERM/1");
    ck_assert_done("");
    ck_assert_waits(5);
    expire();
    ck_assert_done("TERM CONT");
    begin("forever");
    ck_assert_done("");
    ck_assert(!ev_is_active(&steps.timer.watcher));
}
END_TEST

START_TEST(an_empty_schedule_is_over_at_once)
{
    begin("no");
    ck_assert_done("over");
}
END_TEST

/* KILL needs no CONT, and would be undone by none; STOP would. */
START_TEST(a_signal_that_can_be_acted_on_is_followed_by_cont)
{
    begin("STOP/USR1/KILL");
    ck_assert_done("STOP USR1 CONT KILL");
}
END_TEST

START_TEST(hurrying_takes_the_next_step_and_its_time)
{
    begin("QUIT/30/TERM/5/KILL");
    ck_assert_done("QUIT CONT");
    stop_walk_next(&steps);
    ck_assert_done("TERM CONT");
    ck_assert_waits(5);
    stop_walk_next(&steps);
    ck_assert_done("KILL");
    ck_assert(!ev_is_active(&steps.timer.watcher));
}
END_TEST

START_TEST(hurrying_ends_a_wait_without_end)
{
    begin("TERM/forever/KILL/1");
    ck_assert_done("TERM CONT");
    stop_walk_next(&steps);
    ck_assert_done("KILL");
    ck_assert_waits(1);
}
END_TEST

START_TEST(a_time_that_is_over_while_it_is_hurried_takes_one_step)
{
    begin("QUIT/30/TERM/5/KILL");
    ck_assert_done("QUIT CONT");
    ev_feed_event(loop, &steps.timer.watcher, EV_TIMER);
    stop_walk_next(&steps);
    ev_run(loop, EVRUN_NOWAIT);
    ck_assert_done("TERM CONT");
}
END_TEST

START_TEST(nothing_to_be_done_at_the_end_is_fine)
{
    stop_walk_init(&steps, loop, &without_over, done);
    begin("TERM/0");
    ck_assert_done("TERM CONT");
    stop_walk_next(&steps);
    ck_assert_done("");
}
END_TEST

START_TEST(after_its_end_nothing_comes_any_more)
{
    begin("TERM/10/KILL");
    ck_assert_done("TERM CONT");
    ev_feed_event(loop, &steps.timer.watcher, EV_TIMER);
    stop_walk_end(&steps);
    ev_run(loop, EVRUN_NOWAIT);
    ck_assert_done("");
    ck_assert(!ev_is_active(&steps.timer.watcher));
    ck_assert_ptr_null(steps.schedule);
}
END_TEST

START_TEST(it_can_begin_again_from_the_beginning)
{
    begin("TERM/10/KILL");
    expire();
    stop_walk_end(&steps);
    begin("INT/7");
    ck_assert_done("INT CONT");
    ck_assert_waits(7);
    /* And in the middle: a failing service is asked to stop. */
    begin("USR1/3");
    ck_assert_done("USR1 CONT");
    ck_assert_waits(3);
}
END_TEST

START_TEST(a_beginning_forgets_the_last_signal)
{
    begin("KILL");
    begin("5/TERM");
    ck_assert_int_eq(steps.last_signal, 0);
}
END_TEST

START_TEST(a_wait_can_be_extended)
{
    begin("TERM/10/KILL");
    stop_walk_extend(&steps, 20000);
    ck_assert_waits(20);
    ck_assert_done("TERM CONT");
    expire();
    ck_assert_done("KILL");
}
END_TEST

START_TEST(an_extension_does_not_shorten)
{
    begin("TERM/10/KILL");
    stop_walk_extend(&steps, 9000);
    ck_assert_waits(10);
    stop_walk_extend(&steps, 0);
    ck_assert_waits(10);
}
END_TEST

START_TEST(the_longest_extension_is_kept)
{
    begin("TERM/10/KILL");
    stop_walk_extend(&steps, UINT32_MAX);
    ck_assert_waits(4294967.295);
}
END_TEST

START_TEST(what_does_not_wait_is_not_extended)
{
    stop_walk_extend(&steps, 5000);
    ck_assert(!ev_is_active(&steps.timer.watcher));
    begin("KILL");
    stop_walk_extend(&steps, 5000);
    ck_assert(!ev_is_active(&steps.timer.watcher));
    stop_walk_end(&steps);
    stop_walk_extend(&steps, 5000);
    ck_assert(!ev_is_active(&steps.timer.watcher));
}
END_TEST

static void begin_until_gone(const char *text)
{
    struct error error = {0};

    ck_assert_msg(stop_schedule_parse(&schedule, text, &error) == 0, "%s", error.reason);
    done[0] = '\0';
    stop_walk_begin_until_gone(&steps, &schedule);
}

START_TEST(what_may_not_survive_is_killed_at_the_end)
{
    begin_until_gone("TERM/3");
    ck_assert_done("TERM CONT");
    ck_assert_waits(3);
    expire();
    ck_assert_done("KILL");
    ck_assert(!ev_is_active(&steps.timer.watcher));
    ck_assert_int_eq(steps.last_signal, SIGKILL);
}
END_TEST

START_TEST(a_wait_without_end_is_not_ended_by_kill)
{
    begin_until_gone("TERM/1/QUIT");
    ck_assert_done("TERM CONT");
    expire();
    ck_assert_done("QUIT CONT");
    ck_assert(!ev_is_active(&steps.timer.watcher));
}
END_TEST

START_TEST(kill_follows_even_the_last_step_a_schedule_may_have)
{
    begin_until_gone("HUP/1/HUP/1/HUP/1/HUP/1/HUP/1/HUP/1/HUP/1/HUP/1");
    for (int i = 0; i < STOP_SCHEDULE_STEPS; i++) {
        ck_assert_done("HUP CONT");
        expire();
    }
    ck_assert_done("KILL");
}
END_TEST

TCase *stop_case(void)
{
    const TTest *const tests[] = {nothing_is_sent_before_the_beginning,
                                  the_first_signal_is_sent_at_once_and_its_time_begins,
                                  the_next_step_comes_when_the_time_is_over,
                                  a_last_signal_without_a_time_waits_for_ever,
                                  after_the_last_steps_time_it_is_over,
                                  steps_without_a_wait_are_taken_together,
                                  a_step_may_only_wait,
                                  an_empty_schedule_is_over_at_once,
                                  a_signal_that_can_be_acted_on_is_followed_by_cont,
                                  hurrying_takes_the_next_step_and_its_time,
                                  hurrying_ends_a_wait_without_end,
                                  a_time_that_is_over_while_it_is_hurried_takes_one_step,
                                  nothing_to_be_done_at_the_end_is_fine,
                                  after_its_end_nothing_comes_any_more,
                                  it_can_begin_again_from_the_beginning,
                                  a_beginning_forgets_the_last_signal,
                                  a_wait_can_be_extended,
                                  an_extension_does_not_shorten,
                                  the_longest_extension_is_kept,
                                  what_does_not_wait_is_not_extended,
                                  what_may_not_survive_is_killed_at_the_end,
                                  a_wait_without_end_is_not_ended_by_kill,
                                  kill_follows_even_the_last_step_a_schedule_may_have,
                                  NULL};
    TCase *tcase = case_of("stop", tests);

    tcase_add_checked_fixture(tcase, setup, teardown);
    return tcase;
}
