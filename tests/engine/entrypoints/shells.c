/*
 * shells.c - shells as the program: scripts with traps, and an interactive bash with job control
 */
#include "engine/engine.h"

#include <signal.h>

#define CONTROL_C "\x03"
#define CONTROL_D "\x04"
#define CONTROL_Z "\x1a"

#define SH(script) WORDS("sh", "-c", script)

START_TEST(stop_runs_the_trap_of_a_script)
{
    struct container container;

    container_start(&container, NULL,
                    SH("trap 'echo cleaned up; exit 9' TERM; echo ready; sleep 1000 & wait"));
    process_expect(&container.client, "ready");
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 9);
    ck_assert_contains(container.client.output.text, "cleaned up");
}
END_TEST

START_TEST(stop_ends_a_script_without_a_trap)
{
    struct container container;

    container_start(&container, NULL, SH("echo ready; sleep 1000; echo not reached"));
    process_expect(&container.client, "ready");
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 128 + SIGTERM);
    ck_assert_lacks(container.client.output.text, "not reached");
}
END_TEST

/* A shell runs a trap only when its command in the foreground has ended. */
START_TEST(stop_of_the_group_ends_what_a_script_waits_for)
{
    struct container container;

    container_start(&container, WORDS("--env", "NSINIT_GROUP=yes"),
                    SH("trap 'echo cleaned up; exit 9' TERM; sh -c 'echo ready; exec sleep 1000'"));
    process_expect(&container.client, "ready");
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 9);
    ck_assert_contains(container.client.output.text, "cleaned up");
}
END_TEST

/* A shell that runs a script has no job control: it is stopped along with its command. */
START_TEST(control_z_in_a_script_leaves_a_terminal_that_answers)
{
    struct container container;

    container_start_on_terminal(&container, NULL, SH("/helper cat; exit 3"));
    process_expect(&container.client, "ready");
    process_type(&container.client, CONTROL_Z);
    process_expect(&container.client, "^Z");
    process_type(&container.client, "there?\n");
    process_expect(&container.client, "there?\r\nthere?");
    process_type(&container.client, CONTROL_D);
    ck_assert_int_eq(container_wait(&container), 3);
}
END_TEST

static void start_bash(struct container *container, const char *const *options)
{
    container_start_on_terminal(
        container, options,
        WORDS("env", "PS1=shell> ", "bash", "--norc", "--noprofile", "--noediting", "-i"));
    process_expect(&container->client, "shell> ");
}

static void leave_bash(struct container *container)
{
    process_type(&container->client, "exit 7\n");
    ck_assert_int_eq(container_wait(container), 7);
    ck_assert_lacks(container->client.output.text, "no job control");
    ck_assert_lacks(container->client.output.text, "cannot set terminal process group");
}

START_TEST(a_shell_has_job_control)
{
    struct container container;

    start_bash(&container, NULL);
    process_type(&container.client, "set -o | grep monitor\n");
    process_expect(&container.client, "\ton");
    leave_bash(&container);
}
END_TEST

START_TEST(a_shell_of_an_ordinary_user_has_job_control)
{
    struct container container;

    start_bash(&container, WORDS("--user", "65534"));
    process_type(&container.client, "set -o | grep monitor\n");
    process_expect(&container.client, "\ton");
    leave_bash(&container);
}
END_TEST

START_TEST(control_c_ends_a_job_and_not_the_shell)
{
    struct container container;

    start_bash(&container, NULL);
    process_type(&container.client, "/helper cat\n");
    process_expect(&container.client, "ready");
    process_type(&container.client, CONTROL_C);
    process_expect(&container.client, "shell> ");
    process_type(&container.client, "echo code $?.\n");
    process_expect(&container.client, "code 130.");
    leave_bash(&container);
}
END_TEST

START_TEST(control_z_stops_a_job_and_fg_continues_it)
{
    struct container container;

    start_bash(&container, NULL);
    process_type(&container.client, "/helper cat\n");
    process_expect(&container.client, "ready");
    process_type(&container.client, CONTROL_Z);
    process_expect(&container.client, "Stopped");
    process_expect(&container.client, "shell> ");
    process_type(&container.client, "fg\n");
    process_expect(&container.client, "/helper cat");
    process_type(&container.client, "there?\n");
    process_expect(&container.client, "there?\r\nthere?");
    process_type(&container.client, CONTROL_D);
    process_expect(&container.client, "shell> ");
    leave_bash(&container);
}
END_TEST

START_TEST(a_stopped_job_is_left_in_peace)
{
    struct container container;

    start_bash(&container, NULL);
    process_type(&container.client, "/helper cat\n");
    process_expect(&container.client, "ready");
    process_type(&container.client, CONTROL_Z);
    process_expect(&container.client, "shell> ");
    process_type(&container.client, "jobs\n");
    process_expect(&container.client, "Stopped                 /helper cat");
    process_type(&container.client, "kill %1; fg\n");
    process_expect(&container.client, "Terminated");
    leave_bash(&container);
}
END_TEST

void add_shell_tests(TCase *tcase)
{
    tcase_add_test(tcase, stop_runs_the_trap_of_a_script);
    tcase_add_test(tcase, stop_ends_a_script_without_a_trap);
    tcase_add_test(tcase, stop_of_the_group_ends_what_a_script_waits_for);
    tcase_add_test(tcase, control_z_in_a_script_leaves_a_terminal_that_answers);
    tcase_add_test(tcase, a_shell_has_job_control);
    tcase_add_test(tcase, a_shell_of_an_ordinary_user_has_job_control);
    tcase_add_test(tcase, control_c_ends_a_job_and_not_the_shell);
    tcase_add_test(tcase, control_z_stops_a_job_and_fg_continues_it);
    tcase_add_test(tcase, a_stopped_job_is_left_in_peace);
}
