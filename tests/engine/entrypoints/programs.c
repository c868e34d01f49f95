/*
 * programs.c - what holds for any program in a container, whichever way nsinit got in there
 */
#include "engine/engine.h"

#include <signal.h>
#include <stdio.h>

START_TEST(nsinit_is_pid_1_and_the_programs_parent)
{
    struct container container;
    char init[32];

    snprintf(init, sizeof init, "init %s\n", way->name);
    ck_assert_int_eq(container_run(&container, NULL, HELPER("show")), 0);
    ck_assert_contains(container.client.output.text, init);
    ck_assert_contains(container.client.output.text, "parent 1.");
}
END_TEST

START_TEST(success_comes_out)
{
    struct container container;

    ck_assert_int_eq(container_run(&container, NULL, HELPER("exit", "0")), 0);
    ck_assert_str_eq(container.client.errors.text, "");
}
END_TEST

START_TEST(the_programs_exit_code_comes_out)
{
    struct container container;

    ck_assert_int_eq(container_run(&container, NULL, HELPER("exit", "42")), 42);
}
END_TEST

START_TEST(death_by_a_signal_comes_out_as_128_and_its_number)
{
    struct container container;

    ck_assert_int_eq(container_run(&container, NULL, HELPER("die", "11")), 139);
}
END_TEST

START_TEST(a_missing_program_is_named)
{
    struct container container;

    ck_assert_int_eq(container_run(&container, NULL, WORDS("/missing")), way->not_found);
    ck_assert_contains(container.client.errors.text, "/missing");
}
END_TEST

START_TEST(a_file_that_is_no_program_is_named)
{
    struct container container;

    ck_assert_int_eq(container_run(&container, NULL, WORDS("/data")), way->not_executable);
    ck_assert_contains(container.client.errors.text, "/data");
}
END_TEST

START_TEST(stop_lets_a_program_end_in_its_own_way)
{
    struct container container;

    container_start(&container, NULL, HELPER("serve", "7"));
    process_expect(&container.client, "ready");
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 7);
    ck_assert_contains(container.client.output.text, "asked to end");
}
END_TEST

/* As PID 1 it would not have heard, and after 10 s it would have been 137. */
START_TEST(stop_ends_a_program_that_handles_no_signal)
{
    struct container container;

    container_start(&container, NULL, HELPER("wait"));
    process_expect(&container.client, "ready");
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 128 + SIGTERM);
}
END_TEST

START_TEST(orphans_are_reaped)
{
    struct container container;

    ck_assert_int_eq(container_run(&container, NULL, HELPER("orphans", "200")), 0);
    ck_assert_contains(container.client.output.text, "200 orphans reaped");
}
END_TEST

START_TEST(orphans_of_a_command_run_by_exec_are_reaped)
{
    struct container container;
    struct process exec;

    container_start(&container, NULL, HELPER("wait"));
    process_expect(&container.client, "ready");
    ck_assert_int_eq(
        engine_run(&exec, way->engine, WORDS("exec", container.name, "/helper", "orphans", "20")),
        0);
    ck_assert_contains(exec.output.text, "20 orphans reaped");
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 128 + SIGTERM);
}
END_TEST

START_TEST(a_daemon_left_behind_is_asked_to_end)
{
    struct container container;

    ck_assert_int_eq(
        container_run(&container, WORDS("--env", "NSINIT_DRAIN=TERM/1h"), HELPER("leave", "3")), 3);
    ck_assert_contains(container.client.output.text, "daemon asked to end");
}
END_TEST

START_TEST(input_is_piped_in_and_its_end_is_seen)
{
    struct container container;

    container_start(&container, WORDS("--interactive"), HELPER("cat"));
    process_expect(&container.client, "ready");
    process_type(&container.client, "there?\n");
    process_expect(&container.client, "there?");
    process_close_input(&container.client);
    ck_assert_int_eq(container_wait(&container), 0);
}
END_TEST

START_TEST(options_come_by_environment_variables)
{
    struct container container;

    ck_assert_int_eq(
        container_run(&container,
                      WORDS("--env", "NSINIT_REMAP_EXIT=42", "--env", "NSINIT_VERBOSE=2"),
                      HELPER("exit", "42")),
        0);
    ck_assert_contains(container.client.errors.text, "main: started /helper");
}
END_TEST

#define LOCKED_DOWN                                                                \
    WORDS("--user", "65534", "--read-only", "--cap-drop", "all", "--security-opt", \
          "no-new-privileges")

START_TEST(an_ordinary_user_without_any_right_is_enough)
{
    struct container container;

    ck_assert_int_eq(container_run(&container, LOCKED_DOWN, HELPER("show")), 0);
    ck_assert_contains(container.client.output.text, "user 65534.");
    ck_assert_contains(container.client.output.text, "NoNewPrivs:\t1");
    ck_assert_str_eq(container.client.errors.text, "");
}
END_TEST

START_TEST(stop_and_reaping_need_no_right_either)
{
    struct container container;
    struct process exec;

    container_start(&container, LOCKED_DOWN, HELPER("serve", "7"));
    process_expect(&container.client, "ready");
    ck_assert_int_eq(
        engine_run(&exec, way->engine, WORDS("exec", container.name, "/helper", "orphans", "5")),
        0);
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 7);
}
END_TEST

void add_program_tests(TCase *tcase)
{
    tcase_add_test(tcase, nsinit_is_pid_1_and_the_programs_parent);
    tcase_add_test(tcase, success_comes_out);
    tcase_add_test(tcase, the_programs_exit_code_comes_out);
    tcase_add_test(tcase, death_by_a_signal_comes_out_as_128_and_its_number);
    tcase_add_test(tcase, a_missing_program_is_named);
    tcase_add_test(tcase, a_file_that_is_no_program_is_named);
    tcase_add_test(tcase, stop_lets_a_program_end_in_its_own_way);
    tcase_add_test(tcase, stop_ends_a_program_that_handles_no_signal);
    tcase_add_test(tcase, orphans_are_reaped);
    tcase_add_test(tcase, orphans_of_a_command_run_by_exec_are_reaped);
    tcase_add_test(tcase, a_daemon_left_behind_is_asked_to_end);
    tcase_add_test(tcase, input_is_piped_in_and_its_end_is_seen);
    tcase_add_test(tcase, options_come_by_environment_variables);
    tcase_add_test(tcase, an_ordinary_user_without_any_right_is_enough);
    tcase_add_test(tcase, stop_and_reaping_need_no_right_either);
}
