/*
 * stop_requests.c - requests to stop: when they come, what the schedule does, and what is no
 * request
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/system.h"

static const int requests[] = {SIGTERM, SIGINT, SIGQUIT};
enum { REQUEST_COUNT = sizeof requests / sizeof requests[0] };

/* ---- without a schedule ------------------------------------------------------------------- */

START_TEST(a_request_is_forwarded_and_ends_restarting)
{
    struct process process;

    process_start(&process, AS_FIRST("--restart", "always", QUICKLY, "--", "sh", "-c",
                                     "trap 'exit 9' TERM INT QUIT; echo run; "
                                     "while :; do read x; done"));
    process_expect(&process, "run\n");
    process_signal(&process, requests[_i]);
    ck_assert_int_eq(process_wait(&process), 9);
    ck_assert_int_eq(count_of(process.output.text, "run\n"), 1);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(each_further_request_is_forwarded_too)
{
    struct process process;

    process_start(&process, AS_FIRST("--restart", "always", "--", PROBE, "signals", "3"));
    process_expect(&process, "ready");
    for (int i = 0; i < REQUEST_COUNT; i++) {
        char expected[40];

        snprintf(expected, sizeof expected, "got %d code 0", requests[i]);
        process_signal(&process, requests[i]);
        process_expect(&process, expected);
    }
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* ---- the schedule ------------------------------------------------------------------------- */

START_TEST(a_request_begins_the_schedule_and_is_not_forwarded)
{
    struct process process;

    process_start(&process, AS_FIRST("-vv", "--restart", "always", "--stop", "USR1/1h/KILL", "--",
                                     PROBE, "signals", "2"));
    process_expect(&process, "ready");
    process_signal(&process, requests[_i]);
    process_expect(&process, "main: stop: USR1\n");
    ck_assert_int_eq(process_wait(&process), 0);
    /* The CONT is for a program that is stopped. */
    ck_assert_contains(process.output.text, "ready\ngot 10 code 0");
    ck_assert_contains(process.output.text, "got 18 code 0");
    ck_assert_int_eq(count_of(process.output.text, "got"), 2);
}
END_TEST

START_TEST(each_step_comes_when_the_one_before_has_had_its_time)
{
    struct process process;

    process_start(&process, AS_FIRST("-vv", "--stop", "USR1/20ms/RTMIN+6/20ms/KILL", "--", PROBE,
                                     "signals", "100"));
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    process_expect(&process, "main: stop: USR1\n");
    process_expect(&process, "main: stop: RTMIN+6\n");
    process_expect(&process, "main: stop: KILL\n");
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
}
END_TEST

START_TEST(a_further_request_after_two_seconds_goes_on_to_the_next_step)
{
    struct process process;

    process_start(&process,
                  AS_FIRST("-vv", "--stop", "USR1/1h/USR2/1h/KILL", "--", PROBE, "signals", "100"));
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    process_expect(&process, "got 10");
    request_again(&process, requests[_i]);
    process_expect(&process, "got 12");
    request_again(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
    ck_assert_lacks(process.output.text, "got 15");
}
END_TEST

/* timeout(1) sends TERM to the child and to its group; foreman gets INT by the terminal and sends
 * TERM itself. The program sees that nothing has come between. */
START_TEST(two_requests_within_two_seconds_are_one)
{
    struct process process;

    process_start(&process,
                  AS_FIRST("-vv", "--stop", "USR1/1h/USR2/1h/KILL", "--", PROBE, "signals", "3"));
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    process_expect(&process, "got 18");
    for (int i = 0; i < REQUEST_COUNT; i++)
        process_signal(&process, requests[i]);
    process_signal(&process, SIGHUP);
    process_expect(&process, "got 1 code 0");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_lacks(process.output.text, "got 12");
}
END_TEST

/* A key also drops the output that nobody has read yet, unless the terminal is told not to. */
START_TEST(each_key_at_the_terminal_is_a_request)
{
    struct process process;

    process_start(&process,
                  &(struct process_options){
                      .arguments = COMMAND("sh", "-c", "stty noflsh; exec \"$0\" \"$@\"",
                                           nsinit_path(), "-c", "-vv", "--stop",
                                           "USR1/1h/USR2/1h/KILL", "--", PROBE, "signals", "100"),
                      .place = PLACE_FIRST,
                      .terminal = true});
    process_expect(&process, "ready");
    process_type(&process, "\003");
    process_expect(&process, "stop: USR1");
    process_type(&process, "\034");
    process_expect(&process, "stop: USR2");
    process_type(&process, "\003");
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
}
END_TEST

/* What else could be done? The program's end is still waited for. */
START_TEST(a_request_after_the_last_step_changes_nothing)
{
    struct process process;

    process_start(&process, AS_FIRST("--stop", "USR1", "--", PROBE, "signals", "3"));
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    process_expect(&process, "got 18");
    request_again(&process, SIGTERM);
    process_signal(&process, SIGUSR2);
    process_expect(&process, "got 12");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(a_program_that_ends_by_the_schedule_is_not_restarted_and_its_code_is_the_last)
{
    struct process process;

    process_start(&process,
                  AS_FIRST("--restart", "always", QUICKLY, "--stop", "TERM/1h/KILL", "--", "sh",
                           "-c", "trap 'exit 9' TERM; echo run; while :; do read x; done"));
    process_expect(&process, "run\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 9);
    ck_assert_int_eq(count_of(process.output.text, "run\n"), 1);
}
END_TEST

START_TEST(a_remapped_code_is_a_good_end)
{
    struct process process;

    process_start(&process, AS_FIRST("-vv", "--restart", "always", "-e", "143", "--stop", "TERM",
                                     "--", "sleep", "1000"));
    process_expect(&process, "started sleep");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(the_environment_may_hold_the_schedule)
{
    struct process process;
    struct process_options options = {.arguments = COMMAND("env", "NSINIT_STOP=USR1/1h/KILL",
                                                           nsinit_path(), "--", "sh", "-c",
                                                           "echo ${NSINIT_STOP:-none}; exec "
                                                           "\"$0\" signals 2",
                                                           PROBE),
                                      .place = PLACE_FIRST};

    process_start(&process, &options);
    process_expect(&process, "none\n");
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    process_expect(&process, "got 10 code 0");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

static void raise_blocked(void *argument)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, *(const int *)argument);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), *(const int *)argument);
}

START_TEST(a_request_from_before_the_start_counts)
{
    int signal_number = SIGTERM;
    struct process_options options = {
        .arguments = NSINIT("-vv", "--restart", "always", "--stop", "KILL", "--", "sleep", "1000"),
        .place = PLACE_FIRST,
        .prepare = raise_blocked,
        .argument = &signal_number};
    struct process process;

    process_run(&process, &options);
    ck_assert_int_eq(process.exit_code, 128 + SIGKILL);
    ck_assert_contains(process.errors.text, "main: stop: KILL\n");
}
END_TEST

/* ---- between two runs --------------------------------------------------------------------- */

static void ck_assert_ends_in_the_delay(const struct process_options *options, int request)
{
    struct process process;

    process_start(&process, options);
    process_expect(&process, "main: exit code 5, restart 1 in 3600s\n");
    /* Nobody is there to get it, and it ends nothing. */
    process_signal(&process, SIGHUP);
    process_signal(&process, request);
    ck_assert_int_eq(process_wait(&process), 5);
    process_drop(&process);
}

START_TEST(a_request_in_the_delay_ends_nsinit_at_once_with_the_last_code)
{
    ck_assert_ends_in_the_delay(
        AS_FIRST("--restart", "always", "--restart-delay", "1h", "--", "sh", "-c", "exit 5"),
        requests[_i]);
    ck_assert_ends_in_the_delay(AS_SECOND("-s", "--restart", "always", "--restart-delay", "1h",
                                          "--stop", "TERM/1h/KILL", "--", "sh", "-c", "exit 5"),
                                requests[_i]);
}
END_TEST

START_TEST(a_request_while_the_rest_is_being_ended_waits_for_its_schedule)
{
    struct process process;

    process_start(&process,
                  AS_FIRST("-vvv", "--restart", "always", "--stop", "TERM/2s/KILL", "--drain",
                           "forever", "--", PROBE, "holder", "daemon", fresh_file("lock"), "0"));
    process_expect(&process, "main: stop remaining processes: TERM\n");
    process_signal(&process, requests[_i]);
    process_expect(&process, "main: stop remaining processes: KILL\n");
    ck_assert_int_eq(process_wait(&process), 7);
    ck_assert_int_eq(count_of(process.output.text, "took all\n"), 1);
}
END_TEST

START_TEST(a_request_while_the_program_cannot_be_started_ends_nsinit_with_the_code_of_that)
{
    struct process process;
    struct process_options options = {
        .arguments = COMMAND("sh", "-c",
                             "printf '#!/bin/sh\\nrm \"$0\"; exit 5\\n' >\"$1\"; chmod +x \"$1\"; "
                             "exec \"$0\" --restart always --restart-delay 1ms..1h -- \"$1\"",
                             nsinit_path(), fresh_file("vanishes")),
        .place = PLACE_FIRST};

    process_start(&process, &options);
    process_expect(&process, "main: exit code 127, restart 2 in 100ms\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 127);
}
END_TEST

/* ---- what is no request ------------------------------------------------------------------- */

START_TEST(any_other_signal_is_forwarded_and_does_not_stop)
{
    static const int others[] = {SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGALRM, 40};
    struct process process;

    process_start(&process, AS_FIRST("-vv", "--restart", "always", "--stop", "KILL", "--", PROBE,
                                     "signals", "7"));
    process_expect(&process, "ready");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char expected[40];

        snprintf(expected, sizeof expected, "got %d code 0", others[i]);
        process_signal(&process, others[i]);
        process_expect(&process, expected);
    }
    ck_assert_lacks(process.errors.text, "stop:");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
}
END_TEST

START_TEST(a_signal_translated_into_itself_is_the_programs_own_affair)
{
    struct process process;

    process_start(&process, AS_FIRST("-vv", "-r", "QUIT:QUIT", "--restart", "always", "--stop",
                                     "KILL", "--", PROBE, "signals", "2"));
    process_expect(&process, "ready");
    process_signal(&process, SIGQUIT);
    process_expect(&process, "got 3 code 0");
    ck_assert_lacks(process.errors.text, "stop:");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
}
END_TEST

START_TEST(a_program_that_dies_of_its_own_affair_is_restarted)
{
    struct process process;

    process_start(&process, AS_FIRST("-r", "QUIT:QUIT", "--restart", "always", QUICKLY, "--", "sh",
                                     "-c", "ulimit -c 0; echo run; exec sleep 1000"));
    process_expect(&process, "run\n");
    process_signal(&process, SIGQUIT);
    process_expect(&process, "main: exit code 131, restart 1 in 1ms\n");
    process_expect(&process, "run\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
}
END_TEST

START_TEST(a_signal_translated_into_a_request_is_a_request)
{
    struct process process;

    process_start(&process, AS_FIRST("-vv", "-r", "USR1:TERM", "-r", "TERM:USR2", "--stop", "KILL",
                                     "--", PROBE, "signals", "2"));
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    process_expect(&process, "got 12 code 0");
    process_signal(&process, SIGUSR1);
    process_expect(&process, "main: stop: KILL\n");
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
}
END_TEST

/* For a program that wants another signal, without a schedule of its own. */
START_TEST(a_request_is_forwarded_as_what_it_is_translated_into)
{
    struct process process;

    process_start(&process, AS_FIRST("-r", "TERM:QUIT", "--restart", "always", "--", "sh", "-c",
                                     "trap 'exit 9' QUIT; echo run; while :; do read x; done"));
    process_expect(&process, "run\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 9);
    ck_assert_int_eq(count_of(process.output.text, "run\n"), 1);
}
END_TEST

TCase *stop_requests_case(void)
{
    const TTest *const tests[] = {
        each_further_request_is_forwarded_too,
        each_step_comes_when_the_one_before_has_had_its_time,
        two_requests_within_two_seconds_are_one,
        each_key_at_the_terminal_is_a_request,
        a_request_after_the_last_step_changes_nothing,
        a_program_that_ends_by_the_schedule_is_not_restarted_and_its_code_is_the_last,
        a_remapped_code_is_a_good_end,
        the_environment_may_hold_the_schedule,
        a_request_from_before_the_start_counts,
        a_request_while_the_program_cannot_be_started_ends_nsinit_with_the_code_of_that,
        any_other_signal_is_forwarded_and_does_not_stop,
        a_signal_translated_into_itself_is_the_programs_own_affair,
        a_program_that_dies_of_its_own_affair_is_restarted,
        a_signal_translated_into_a_request_is_a_request,
        a_request_is_forwarded_as_what_it_is_translated_into,
        NULL};
    const TTest *const by_each_request[] = {
        a_request_is_forwarded_and_ends_restarting,
        a_request_begins_the_schedule_and_is_not_forwarded,
        a_further_request_after_two_seconds_goes_on_to_the_next_step,
        a_request_in_the_delay_ends_nsinit_at_once_with_the_last_code,
        a_request_while_the_rest_is_being_ended_waits_for_its_schedule};
    TCase *tcase = case_of("stop_requests", tests);

    for (size_t i = 0; i < sizeof by_each_request / sizeof by_each_request[0]; i++)
        tcase_add_loop_test(tcase, by_each_request[i], 0, REQUEST_COUNT);
    return tcase;
}
