/*
 * readiness.c - --ready-fd, and what becomes of a service that is not ready in time
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "system/system.h"

/* A script in which "$0" is the probe. */
#define SCRIPT(text) "sh", "-c", text, PROBE

/* They wait until the program takes them, be the machine as slow as it likes. */
static void block_ends(void *argument)
{
    sigset_t ends;

    (void)argument;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGUSR1);
    sigprocmask(SIG_BLOCK, &ends, NULL);
}

#define AS_BLOCKED(...)         \
    (&(struct process_options){ \
        .arguments = NSINIT(__VA_ARGS__), .place = PLACE_FIRST, .prepare = block_ends})

/* It takes its time until a TERM, 15, and ends with CODE. */
#define SLOW(CODE) PROBE, "takes", "15", CODE

/* The program says that it is ready, and ends with 0. */
static void is_ready(const struct process_options *options)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, options), 0);
    ck_assert_int_eq(count_of(process.errors.text, "main: ready\n"), 1);
    ck_assert_str_eq(process.output.text, "");
    process_drop(&process);
}

/* nsinit is seen to have heard it, before the program ends. */
static void is_ready_while_it_runs(const char *const *arguments)
{
    struct process_options options = {.arguments = arguments, .place = PLACE_SECOND};
    struct process process;

    process_start(&process, &options);
    process_expect(&process, "main: ready");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
    process_drop(&process);
}

START_TEST(a_service_is_ready_at_the_first_newline_on_its_descriptor)
{
    is_ready_while_it_runs(
        NSINIT("-s", "-v", "--ready-fd", "3", "--", "sh", "-c", "echo >&3; exec 3>&-; exec cat"));
    is_ready_while_it_runs(NSINIT("-s", "-v", "--ready-fd", "7", "--", "sh", "-c",
                                  "printf 'warming up' >&7; printf '\\nmore' >&7; exec cat"));
}
END_TEST

START_TEST(the_descriptor_reaches_into_new_namespaces)
{
    is_ready_while_it_runs(NSINIT("-s", "-v", "--ready-fd", "3", "--unshare", "pid", "--", "sh",
                                  "-c", "echo >&3; exec cat"));
    is_ready_while_it_runs(NSINIT("-s", "-v", "--ready-fd", "3", "--unshare", "pid", "--as-pid-1",
                                  "--", "sh", "-c", "echo >&3; exec cat"));
    is_ready_while_it_runs(NSINIT("-s", "-v", "--ready-fd", "3", "--unshare", "all",
                                  "--map-root-user", "--", "sh", "-c", "echo >&3; exec cat"));
}
END_TEST

/* s6-supervise's pipe is told by nsinit, once, and the program has nsinit's. */
START_TEST(a_supervisor_above_is_told_on_the_same_descriptor)
{
    static const char script[] =
        "cd \"$1\"; rm -f up; mkfifo up; exec 3<>up\n"
        "\"$2\" -s -v --ready-fd 3 $3 --restart on-failure:1 --restart-delay 0 -- "
        "sh -c 'echo warm >&3; exit 1' 3>up; echo later >&3; read x <&3; echo \"<$x>\"\n"
        "read x <&3; echo \"<$x>\"";
    static const char *const options[] = {"", "--unshare=pid,mnt"};

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        struct process process;

        ck_assert_int_eq(process_run(&process,
                                     &(struct process_options){
                                         .arguments = COMMAND(SCRIPT(script), test_directory(),
                                                              nsinit_path(), options[i]),
                                         .place = PLACE_SECOND}),
                         0);
        ck_assert_str_eq(process.output.text, "<>\n<later>\n");
        ck_assert_int_eq(count_of(process.errors.text, "main: ready"), 2);
        process_drop(&process);
    }
}
END_TEST

START_TEST(s6_svwait_hears_that_it_is_ready)
{
    static const char script[] =
        "set -e; cd \"$0\"; mkdir s; echo 3 >s/notification-fd\n"
        "printf '#!/bin/sh\\nexec \"%s\" -s --ready-fd 3 -- sh -c \"echo >&3; exec sleep "
        "1000\"\\n' "
        "\"$1\" >s/run; chmod +x s/run; s6-supervise s & until s6-svok s; do sleep 0.01; done\n"
        "s6-svwait -U s; echo up and ready; s6-svc -dx s; wait";
    struct process process;

    if (system("command -v s6-supervise >/dev/null") != 0) {
        skip_test("s6_svwait_hears_that_it_is_ready", "no s6 here");
        return;
    }
    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("sh", "-c", script, test_directory(), nsinit_path()),
                        .place = PLACE_SECOND}),
        0);
    ck_assert_str_eq(process.output.text, "up and ready\n");
}
END_TEST

START_TEST(the_descriptor_takes_the_place_of_an_open_one)
{
    struct process process;
    struct process_options options = {
        .arguments =
            COMMAND("sh", "-c",
                    "exec 3>/dev/null; exec \"$0\" -v --ready-fd 3 -- sh -c 'echo ready >&3; "
                    "exec cat'",
                    nsinit_path()),
        .place = PLACE_FIRST};

    process_start(&process, &options);
    process_expect(&process, "main: ready");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_str_eq(process.output.text, "");
}
END_TEST

START_TEST(a_descriptor_that_is_closed_without_a_newline_says_nothing)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_BLOCKED("-v", "--ready-fd", "3", "--ready-timeout", "100ms", "--",
                               SCRIPT("printf almost >&3; exec 3>&-; exec \"$0\" takes 15 0"))),
        124);
    ck_assert_lacks(process.errors.text, "main: ready");
    ck_assert_contains(process.errors.text, "main: not ready in time");
    ck_assert_contains(process.output.text, "got it");
}
END_TEST

/* nsinit closes its end when it has heard it. */
START_TEST(each_run_says_anew_that_it_is_ready)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("-v", "--ready-fd", "3", "--restart", "on-failure:2",
                                       "--restart-delay", "0", "--", "sh", "-c",
                                       "trap '' PIPE\n"
                                       "while echo >&3 2>/dev/null; do :; done\n"
                                       "exit 1")),
        1);
    ck_assert_int_eq(count_of(process.errors.text, "main: ready\n"), 3);
}
END_TEST

START_TEST(both_ways_of_being_ready_can_be_had_together)
{
    is_ready(AS_FIRST("-v", "--ready-fd", "3", "--notify", "--",
                      SCRIPT("\"$0\" say READY=1; echo >&3; \"$0\" say READY=1")));
}
END_TEST

/* ---- in time --------------------------------------------------------------------------------- */

START_TEST(a_service_not_ready_in_time_has_failed_and_is_ended)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_BLOCKED("--notify", "--ready-timeout", "100ms", "--", SLOW("0"))),
        124);
    ck_assert_str_eq(process.errors.text, "nsinit: main: not ready in time\n");
    process_drop(&process);
    ck_assert_int_eq(
        process_run(&process, AS_BLOCKED("--notify", "--ready-timeout", "100ms", "--", SLOW("7"))),
        7);
    process_drop(&process);
    ck_assert_int_eq(process_run(&process, AS_FIRST("--ready-fd", "3", "--ready-timeout", "100ms",
                                                    "--unshare", "pid", "--", "sleep", "1000")),
                     128 + SIGTERM);
}
END_TEST

START_TEST(a_late_service_is_ended_by_the_stop_schedule)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_BLOCKED("--notify", "--ready-timeout", "100ms", "--stop",
                                         "USR1/1h/KILL", "--", PROBE, "takes", "10", "6")),
        6);
}
END_TEST

START_TEST(being_late_is_a_failure_to_the_restart_policy)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_BLOCKED("--notify", "--ready-timeout", "100ms", "--restart",
                                         "on-failure:1", "--restart-delay", "0", "--", SLOW("0"))),
        124);
    ck_assert_int_eq(count_of(process.errors.text, "not ready in time"), 2);
    ck_assert_contains(process.errors.text, "main: exit code 124, restart 1 in 0s\n");
    ck_assert_contains(process.errors.text, "main: exit code 124, gave up after 1 restarts\n");
}
END_TEST

/* The sleep is the service's work, longer than the timeout. */
START_TEST(a_service_ready_in_time_may_take_all_the_time_from_then)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--notify", "--ready-timeout", "5", "--",
                                                    SCRIPT("\"$0\" say READY=1; sleep 5.2; "
                                                           "exit 6"))),
                     6);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(a_slow_start_can_be_extended)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--notify", "--ready-timeout", "5", "--",
                                                    SCRIPT("\"$0\" say "
                                                           "EXTEND_TIMEOUT_USEC=3600000000\n"
                                                           "sleep 5.2; exit 6"))),
                     6);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(an_extension_never_shortens_the_time)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--notify", "--ready-timeout", "1h", "--",
                                                    SCRIPT("\"$0\" say EXTEND_TIMEOUT_USEC=1000\n"
                                                           "sleep 0.1; exit 6"))),
                     6);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(a_slow_stop_can_be_extended)
{
    struct process process;

    process_start(&process, AS_FIRST("--notify", "--stop", "TERM/5/KILL", "--",
                                     SCRIPT("trap '\"$0\" say STOPPING=1 "
                                            "EXTEND_TIMEOUT_USEC=3600000000; sleep 5.2; "
                                            "exit 6' TERM\n"
                                            "echo there; while :; do sleep 0.01; done")));
    process_expect(&process, "there");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 6);
}
END_TEST

START_TEST(a_request_to_stop_while_it_starts_is_no_failure)
{
    struct process process;

    process_start(&process,
                  AS_FIRST("-v", "--notify", "--ready-timeout", "1h", "--restart", "always", "--",
                           "sh", "-c",
                           "trap 'exit 0' TERM; echo there; while :; do sleep 0.01; done"));
    process_expect(&process, "there");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_lacks(process.errors.text, "not ready in time");
    ck_assert_lacks(process.errors.text, "restart");
}
END_TEST

START_TEST(a_service_that_ends_before_it_is_ready_has_its_own_exit_code)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--notify", "--ready-timeout", "1h",
                                                    "--restart", "on-failure", "--", "true")),
                     0);
    ck_assert_int_eq(process_run(&process, AS_FIRST("--ready-fd", "3", "--", "sh", "-c", "exit 3")),
                     3);
}
END_TEST

START_TEST(a_time_to_be_ready_needs_a_way_to_be_so)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--ready-timeout", "1s", "--", "true")), 125);
    ck_assert_contains(process.errors.text, "--ready-timeout: needs --notify or --ready-fd");
}
END_TEST

TCase *readiness_case(void)
{
    const TTest *const tests[] = {a_service_is_ready_at_the_first_newline_on_its_descriptor,
                                  the_descriptor_reaches_into_new_namespaces,
                                  a_supervisor_above_is_told_on_the_same_descriptor,
                                  s6_svwait_hears_that_it_is_ready,
                                  the_descriptor_takes_the_place_of_an_open_one,
                                  a_descriptor_that_is_closed_without_a_newline_says_nothing,
                                  each_run_says_anew_that_it_is_ready,
                                  both_ways_of_being_ready_can_be_had_together,
                                  a_service_not_ready_in_time_has_failed_and_is_ended,
                                  a_late_service_is_ended_by_the_stop_schedule,
                                  being_late_is_a_failure_to_the_restart_policy,
                                  a_service_ready_in_time_may_take_all_the_time_from_then,
                                  a_slow_start_can_be_extended,
                                  an_extension_never_shortens_the_time,
                                  a_slow_stop_can_be_extended,
                                  a_request_to_stop_while_it_starts_is_no_failure,
                                  a_service_that_ends_before_it_is_ready_has_its_own_exit_code,
                                  a_time_to_be_ready_needs_a_way_to_be_so,
                                  NULL};

    return case_of("readiness", tests);
}
