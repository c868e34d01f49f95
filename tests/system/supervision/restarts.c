/*
 * restarts.c - when the program is started again, after what delay, with what, and the exit code
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/system.h"

/* In a shell whose $0 is a fresh file: n is the number of this run. */
#define COUNT_RUNS "echo >>\"$0\"; n=$(wc -l <\"$0\"); echo run; "

/* A shell's command line as the program, which finds the name of a fresh file in $0. */
#define RUN(script, file) "--", "sh", "-c", script, fresh_file(file)

static void ck_assert_runs(const struct process *process, int expected)
{
    ck_assert_int_eq(count_of(process->output.text, "run\n"), expected);
}

START_TEST(without_a_policy_nothing_is_restarted)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--", "sh", "-c", "echo run; exit 3")), 3);
    ck_assert_runs(&process, 1);
    process_run(&process, AS_FIRST("--restart", "no", "--", "sh", "-c", "echo run; exit 3"));
    ck_assert_int_eq(process.exit_code, 3);
    ck_assert_runs(&process, 1);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(on_failure_restarts_until_the_program_succeeds)
{
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure", QUICKLY,
                                   RUN(COUNT_RUNS "[ $n -eq 4 ]", "succeeds")));
    ck_assert_int_eq(process.exit_code, 0);
    ck_assert_runs(&process, 4);
    ck_assert_lacks(process.errors.text, "gave up");
}
END_TEST

START_TEST(on_failure_gives_up_after_so_many_restarts_with_the_last_code)
{
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure:2", QUICKLY,
                                   RUN(COUNT_RUNS "exit $((10 + n))", "gives-up")));
    ck_assert_int_eq(process.exit_code, 13);
    ck_assert_runs(&process, 3);
    ck_assert_contains(process.errors.text, "main: exit code 11, restart 1 in 1ms\n");
    ck_assert_contains(process.errors.text, "main: exit code 12, restart 2 in 1ms\n");
    ck_assert_contains(process.errors.text, "main: exit code 13, gave up after 2 restarts\n");
}
END_TEST

START_TEST(always_restarts_a_success_too)
{
    struct process process;

    process_start(&process, AS_FIRST("--restart", "always", QUICKLY,
                                     RUN(COUNT_RUNS "[ $n -lt 4 ] || exec sleep 1000", "always")));
    for (int i = 0; i < 4; i++)
        process_expect(&process, "run\n");
    process_signal(&process, SIGKILL);
    process_wait(&process);
    /* What went well is not worth a word. */
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(a_remapped_code_is_no_failure)
{
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure", "-e", "3", "--", "sh", "-c",
                                   "echo run; exit 3"));
    ck_assert_int_eq(process.exit_code, 0);
    ck_assert_runs(&process, 1);
}
END_TEST

START_TEST(another_code_than_the_remapped_one_is_a_failure)
{
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure", QUICKLY, "-e", "12",
                                   RUN(COUNT_RUNS "exit $((10 + n))", "remapped")));
    ck_assert_int_eq(process.exit_code, 0);
    ck_assert_runs(&process, 2);
}
END_TEST

START_TEST(death_by_a_signal_is_a_failure)
{
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure:1", QUICKLY, "--", "sh", "-c",
                                   "echo run; kill -SEGV $$"));
    ck_assert_int_eq(process.exit_code, 128 + SIGSEGV);
    ck_assert_runs(&process, 2);
    ck_assert_contains(process.errors.text, "main: exit code 139, restart 1 in 1ms\n");
}
END_TEST

/* HUP is no request to stop. */
START_TEST(an_unasked_hang_up_is_a_failure_as_any_other)
{
    struct process process;

    process_start(&process, AS_FIRST("-vv", "--restart", "on-failure", QUICKLY, "--", "sh", "-c",
                                     "echo run; exec sleep 1000"));
    process_expect(&process, "run\n");
    process_signal(&process, SIGHUP);
    process_expect(&process, "main: exit code 129, restart 1 in 1ms\n");
    process_expect(&process, "run\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
}
END_TEST

START_TEST(the_delay_doubles_up_to_its_cap)
{
    static const char *const delays[] = {"1 in 1ms", "2 in 2ms", "3 in 4ms", "4 in 7ms",
                                         "5 in 7ms"};
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure:5", "--restart-delay", "1ms..7ms", "--",
                                   "sh", "-c", "echo run; exit 1"));
    ck_assert_int_eq(process.exit_code, 1);
    ck_assert_runs(&process, 6);
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++) {
        char expected[60];

        snprintf(expected, sizeof expected, "main: exit code 1, restart %s\n", delays[i]);
        ck_assert_contains(process.errors.text, expected);
    }
}
END_TEST

START_TEST(the_first_delay_is_100_ms_by_default)
{
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure:2", "--", "false"));
    ck_assert_contains(process.errors.text, "restart 1 in 100ms\n");
    ck_assert_contains(process.errors.text, "restart 2 in 200ms\n");
}
END_TEST

/* Ten seconds are what the program runs for here, not what the test waits for. */
START_TEST(a_run_of_ten_seconds_is_forgiven)
{
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure:4", "--restart-delay", "1ms..1h",
                                   RUN(COUNT_RUNS "[ $n -ne 3 ] || sleep 10; exit 1", "forgiven")));
    ck_assert_contains(process.errors.text, "restart 2 in 2ms\n");
    ck_assert_contains(process.errors.text, "restart 3 in 1ms\n");
    ck_assert_contains(process.errors.text, "restart 4 in 2ms\n");
}
END_TEST

START_TEST(a_hundred_restarts_without_a_delay_come_one_after_the_other)
{
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure:100", "--restart-delay", "0", "--",
                                   "sh", "-c", "echo run; exit 1"));
    ck_assert_int_eq(process.exit_code, 1);
    ck_assert_runs(&process, 101);
}
END_TEST

/* ---- a program that can't be started ------------------------------------------------------ */

START_TEST(a_first_start_that_fails_ends_nsinit)
{
    const char *plain = fresh_file("not-executable");
    struct process process;

    process_run(&process, AS_FIRST("--restart", "always", "--", "/nowhere/to/be/found"));
    ck_assert_int_eq(process.exit_code, 127);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: "), 1);
    process_run(&process, AS_FIRST("--restart", "always", "--", plain));
    ck_assert_int_eq(process.exit_code, 126);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: "), 1);
}
END_TEST

/* A script that is to be executed by name. */
static const char *write_script(const char *name, const char *text)
{
    const char *path = fresh_file(name);
    FILE *file = fopen(path, "we");

    ck_assert_ptr_nonnull(file);
    fprintf(file, "#!/bin/sh\necho run\n%s\nexit 1\n", text);
    fclose(file);
    ck_assert_int_eq(chmod(path, 0755), 0);
    return path;
}

static const struct broken {
    const char *how; /* the program does this to itself */
    int exit_code;
} ways_to_break[] = {
    {"rm \"$0\"", 127},
    {"chmod a-x \"$0\"", 126},
    {"printf '\\177ELF\\1\\2\\0\\0broken' >\"$0.new\"; chmod +x \"$0.new\"; mv \"$0.new\" \"$0\"",
     126},
    {"rm \"$0\"; ln -s breaks \"$0\"", 126},
};

START_TEST(a_restart_that_fails_is_tried_again_and_counts)
{
    const struct broken *broken = &ways_to_break[_i];
    const char *program = write_script("breaks", broken->how);
    char expected[80];
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure:3", QUICKLY, "--", program));
    ck_assert_int_eq(process.exit_code, broken->exit_code);
    ck_assert_runs(&process, 1);
    ck_assert_contains(process.errors.text, "main: exit code 1, restart 1 in 1ms\n");
    /* No program is started a thousand times a second to fail. */
    snprintf(expected, sizeof expected, "main: exit code %d, restart 2 in 100ms\n",
             broken->exit_code);
    ck_assert_contains(process.errors.text, expected);
    snprintf(expected, sizeof expected, "main: exit code %d, gave up after 3 restarts\n",
             broken->exit_code);
    ck_assert_contains(process.errors.text, expected);
    ck_assert_int_eq(count_of(process.errors.text, "main: exec "), 3);
}
END_TEST

START_TEST(a_program_that_comes_back_is_started_again)
{
    char program[200];
    struct process process;

    snprintf(program, sizeof program, "%s", write_script("comes-back", "rm \"$0\""));
    process_start(&process, AS_FIRST("--restart", "always", QUICKLY, "--", program));
    process_expect(&process, "run\n");
    process_expect(&process, "main: exit code 127, restart 2 in 100ms\n");
    ck_assert_int_eq(rename(write_script("newer", "exec sleep 1000"), program), 0);
    process_expect(&process, "run\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
}
END_TEST

TCase *restarts_case(void)
{
    const TTest *const tests[] = {without_a_policy_nothing_is_restarted,
                                  on_failure_restarts_until_the_program_succeeds,
                                  on_failure_gives_up_after_so_many_restarts_with_the_last_code,
                                  always_restarts_a_success_too,
                                  a_remapped_code_is_no_failure,
                                  another_code_than_the_remapped_one_is_a_failure,
                                  death_by_a_signal_is_a_failure,
                                  an_unasked_hang_up_is_a_failure_as_any_other,
                                  the_delay_doubles_up_to_its_cap,
                                  the_first_delay_is_100_ms_by_default,
                                  a_run_of_ten_seconds_is_forgiven,
                                  a_hundred_restarts_without_a_delay_come_one_after_the_other,
                                  a_first_start_that_fails_ends_nsinit,
                                  a_program_that_comes_back_is_started_again,
                                  NULL};
    TCase *tcase = case_of("restarts", tests);

    tcase_add_loop_test(tcase, a_restart_that_fails_is_tried_again_and_counts, 0,
                        sizeof ways_to_break / sizeof ways_to_break[0]);
    return tcase;
}
