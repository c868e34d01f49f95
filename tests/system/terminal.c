/*
 * terminal.c - on a real pseudo-terminal: the foreground, ^C, ^Z, fg, window changes, hang-up
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "system/system.h"

#define CONTROL_C "\x03"
#define CONTROL_D "\x04"
#define CONTROL_Z "\x1a"
#define CONTROL_BACKSLASH "\x1c"

/* Start on a terminal of its own, as the leader of the session there. */
static void start(struct process *process, enum place place, const char *const *arguments)
{
    process_start(process, &(struct process_options){
                               .arguments = arguments, .place = place, .terminal = true});
}

/* A bash to type to, with a prompt that is easy to wait for. */
#define INTERACTIVE_BASH \
    "env", "PS1=shell> ", "NSINIT=1", "bash", "--norc", "--noprofile", "--noediting", "-i"

static void type_line(struct process *process, const char *line)
{
    process_type(process, line);
    process_type(process, "\n");
}

/* Type a line to a cat, which is to say it once more. */
static void ck_assert_echoes(struct process *process, const char *line)
{
    char expected[40];

    type_line(process, line);
    snprintf(expected, sizeof expected, "%s\r\n%s", line, line);
    process_expect(process, expected);
}

/* A cat whose terminal still answers after ^Z. */
static void ck_assert_survives_stop_key(enum place place, const char *const *arguments)
{
    struct process process;

    start(&process, place, arguments);
    ck_assert_echoes(&process, "before");
    process_type(&process, CONTROL_Z);
    ck_assert_echoes(&process, "after");
    process_type(&process, CONTROL_D);
    ck_assert_int_eq(process_wait(&process), 0);
}

START_TEST(the_program_is_in_the_foreground_and_gets_each_key_once)
{
    struct process process;

    start(&process, PLACE_FIRST, NSINIT("--", PROBE, "signals", "2"));
    process_expect(&process, "ready");
    process_type(&process, CONTROL_C);
    process_expect(&process, "got 2 code");
    process_type(&process, CONTROL_BACKSLASH);
    process_expect(&process, "got 3 code");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* dumb-init -c forwards what the program has got already. */
START_TEST(in_nsinits_own_group_each_key_arrives_once_too)
{
    struct process process;

    start(&process, PLACE_FIRST, NSINIT("-c", "--", PROBE, "signals", "3"));
    process_expect(&process, "ready");
    process_type(&process, CONTROL_C);
    process_expect(&process, "got 2 code");
    process_type(&process, CONTROL_BACKSLASH);
    process_expect(&process, "got 3 code");
    process_signal(&process, SIGINT);
    process_expect(&process, "got 2 code 0");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(a_window_change_arrives)
{
    struct winsize size = {.ws_row = 50, .ws_col = 132};
    struct process process;

    start(&process, PLACE_FIRST, NSINIT("--", PROBE, "signals", "1"));
    process_expect(&process, "ready");
    ck_assert_int_eq(ioctl(process.input, TIOCSWINSZ, &size), 0);
    process_expect(&process, "got 28 code");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* Stop a job by its key, bring it back, see that it answers, and end it by its key. */
static void try_job_control(struct process *process)
{
    process_expect(process, "shell> ");
    type_line(process, "cat");
    ck_assert_echoes(process, "before");
    process_type(process, CONTROL_Z);
    process_expect(process, "Stopped");
    process_expect(process, "shell> ");
    type_line(process, "fg");
    process_expect(process, "fg\r\ncat\r\n");
    ck_assert_echoes(process, "after");
    process_type(process, CONTROL_C);
    process_expect(process, "shell> ");
    type_line(process, "echo code $?; exit 7");
    process_expect(process, "code 130");
    ck_assert_int_eq(process_wait(process), 7);
    ck_assert_lacks(process->output.text, "no job control");
}

START_TEST(a_shell_under_pid_1_has_job_control)
{
    struct process process;

    start(&process, PLACE_FIRST, NSINIT("--", INTERACTIVE_BASH));
    try_job_control(&process);
}
END_TEST

/* In a container there is no shell to return to: tini's terminal is dead then. */
START_TEST(stop_key_as_pid_1_leaves_a_terminal_that_answers)
{
    ck_assert_survives_stop_key(PLACE_FIRST, NSINIT("--", "cat"));
}
END_TEST

START_TEST(stop_key_as_a_session_leader_without_a_shell_leaves_a_terminal_that_answers)
{
    ck_assert_survives_stop_key(PLACE_PLAIN, NSINIT("-s", "--", "cat"));
}
END_TEST

static void under_a_shell(const char *command)
{
    struct process process;

    start(&process, PLACE_FIRST, COMMAND(INTERACTIVE_BASH));
    process_expect(&process, "shell> ");
    type_line(&process, command);
    process_expect(&process, "\n");
    ck_assert_echoes(&process, "before");
    process_type(&process, CONTROL_Z);
    process_expect(&process, "Stopped");
    process_expect(&process, "shell> ");
    type_line(&process, "fg");
    process_expect(&process, "fg\r\n");
    process_expect(&process, "cat\r\n");
    ck_assert_echoes(&process, "after");
    process_type(&process, CONTROL_C);
    process_expect(&process, "shell> ");
    type_line(&process, "echo code $?; exit 0");
    process_expect(&process, "code 130");
    ck_assert_int_eq(process_wait(&process), 0);
}

/* tini never stops, the shell hangs; catatonit swallows the key. */
START_TEST(stop_key_and_fg_work_under_a_shell_as_if_nsinit_were_not_there)
{
    char command[300];

    snprintf(command, sizeof command, "%s -s -- cat", nsinit_path());
    under_a_shell(command);
}
END_TEST

START_TEST(stop_key_and_fg_work_in_nsinits_own_group)
{
    char command[300];

    snprintf(command, sizeof command, "%s -s -c -- cat", nsinit_path());
    under_a_shell(command);
}
END_TEST

START_TEST(stop_key_and_fg_work_called_as_dumb_init)
{
    char command[300];

    snprintf(command, sizeof command, "%s cat", nsinit_called("dumb-init"));
    under_a_shell(command);
}
END_TEST

/* tini takes the foreground from the shell. */
START_TEST(a_job_in_the_background_stays_there)
{
    struct process process;
    char command[400];

    start(&process, PLACE_FIRST, COMMAND(INTERACTIVE_BASH));
    process_expect(&process, "shell> ");
    snprintf(command, sizeof command, "%s -s -- %s signals 1 &", nsinit_path(), PROBE);
    type_line(&process, command);
    process_expect(&process, "ready");
    type_line(&process, "echo still $((40 + 2)) here");
    process_expect(&process, "still 42 here");
    type_line(&process, "kill -USR1 %1; wait; exit 3");
    process_expect(&process, "got 10");
    ck_assert_int_eq(process_wait(&process), 3);
}
END_TEST

/* It reads and is stopped for it (TTIN); brought to the foreground it goes on. */
START_TEST(a_background_job_that_reads_is_stopped_and_fg_continues_it)
{
    struct process process;
    char command[400];

    start(&process, PLACE_FIRST, COMMAND(INTERACTIVE_BASH));
    process_expect(&process, "shell> ");
    snprintf(command, sizeof command, "%s -s -- cat &", nsinit_path());
    type_line(&process, command);
    process_expect(&process, "shell> ");
    type_line(&process, "until jobs | grep -q Stopped; do :; done; echo it is sto''pped");
    process_expect(&process, "it is stopped");
    process_expect(&process, "shell> ");
    type_line(&process, "fg");
    process_expect(&process, "fg\r\n");
    process_expect(&process, "cat\r\n");
    ck_assert_echoes(&process, "hello");
    process_type(&process, CONTROL_D);
    process_expect(&process, "shell> ");
    type_line(&process, "exit 0");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* A script is no interactive shell: nobody but nsinit can put it back in the foreground. */
START_TEST(the_terminal_is_given_back_to_the_script_that_started_nsinit)
{
    struct process process;

    start(&process, PLACE_FIRST,
          COMMAND("sh", "-c", "\"$0\" -s -- sh -c 'echo in; read x'; read y; echo \"got $y\"",
                  nsinit_path()));
    process_expect(&process, "in");
    type_line(&process, "one");
    type_line(&process, "two");
    process_expect(&process, "got two");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(with_redirected_stdio_the_program_still_has_the_terminal)
{
    struct process process;

    start(&process, PLACE_FIRST,
          COMMAND("sh", "-c",
                  "exec \"$0\" -- sh -c 'echo ask >/dev/tty; read x </dev/tty; "
                  "echo \"told $x\" >/dev/tty' </dev/null >/dev/null 2>&1",
                  nsinit_path()));
    process_expect(&process, "ask");
    type_line(&process, "me");
    process_expect(&process, "told me");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* Stopped by TTIN, with nobody in the foreground and no shell to sort it out. */
START_TEST(a_program_in_the_background_of_an_empty_foreground_gets_the_terminal)
{
    struct process process;

    start(&process, PLACE_FIRST, NSINIT("--", PROBE, "background"));
    process_expect(&process, "ready");
    type_line(&process, "hello");
    process_expect(&process, "read hello");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(without_dev_tty_the_terminal_is_found_at_stdio)
{
    struct process process;

    start(&process, PLACE_FIRST,
          COMMAND("sh", "-c", "mount -t tmpfs none /dev && exec \"$0\" -- \"$1\" signals 1 2>&-",
                  nsinit_path(), PROBE));
    process_expect(&process, "ready");
    process_type(&process, CONTROL_C);
    process_expect(&process, "got 2 code");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* dumb-init's issue 136: HUP and CONT come from giving up the terminal. */
START_TEST(dumb_init_hands_over_its_terminal_without_a_stray_signal)
{
    struct process process;

    start(&process, PLACE_FIRST, COMMAND(nsinit_called("dumb-init"), PROBE, "signals", "2"));
    process_expect(&process, "ready");
    process_type(&process, CONTROL_C);
    process_expect(&process, "got ");
    process_signal(&process, SIGUSR1);
    process_expect(&process, "got 10");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "got 2 code");
}
END_TEST

/* The second process was nsinit's own, for an empty foreground while it gives up the terminal. */
START_TEST(dumb_init_makes_the_program_the_leader_of_the_terminals_session)
{
    struct process process;

    start(&process, PLACE_FIRST, COMMAND(nsinit_called("dumb-init"), INTERACTIVE_BASH));
    process_expect(&process, "shell> ");
    /* Without widths they are those of the largest PID, a namespace's own since Linux 6.14. */
    type_line(&process, "ps -o sid:7=,tpgid:7= -p $$; echo pid $$");
    process_expect(&process, "      3       4\r\npid 3");
    try_job_control(&process);
}
END_TEST

START_TEST(dumb_inits_terminal_survives_the_stop_key)
{
    ck_assert_survives_stop_key(PLACE_FIRST, COMMAND(nsinit_called("dumb-init"), "cat"));
}
END_TEST

START_TEST(a_hang_up_reaches_the_program)
{
    struct process process;

    start(&process, PLACE_FIRST, NSINIT("--", "sh", "-c", "echo ready; exec sleep 1000"));
    process_expect(&process, "ready");
    process_close_input(&process);
    process.output.fd = -1;
    ck_assert_int_eq(process_wait(&process), 128 + SIGHUP);
}
END_TEST

START_TEST(an_ordinary_user_has_a_working_terminal_too)
{
    struct process process;

    if (lacks_root("an_ordinary_user_has_a_working_terminal_too"))
        return;
    process_start(&process, &(struct process_options){.arguments = NSINIT("--", INTERACTIVE_BASH),
                                                      .place = PLACE_FIRST,
                                                      .uid = ORDINARY_USER,
                                                      .terminal = true});
    try_job_control(&process);
}
END_TEST

TCase *terminal_case(void)
{
    const TTest *const tests[] = {
        the_program_is_in_the_foreground_and_gets_each_key_once,
        in_nsinits_own_group_each_key_arrives_once_too,
        a_window_change_arrives,
        a_shell_under_pid_1_has_job_control,
        stop_key_as_pid_1_leaves_a_terminal_that_answers,
        stop_key_as_a_session_leader_without_a_shell_leaves_a_terminal_that_answers,
        stop_key_and_fg_work_under_a_shell_as_if_nsinit_were_not_there,
        stop_key_and_fg_work_in_nsinits_own_group,
        stop_key_and_fg_work_called_as_dumb_init,
        a_job_in_the_background_stays_there,
        a_background_job_that_reads_is_stopped_and_fg_continues_it,
        the_terminal_is_given_back_to_the_script_that_started_nsinit,
        with_redirected_stdio_the_program_still_has_the_terminal,
        a_program_in_the_background_of_an_empty_foreground_gets_the_terminal,
        without_dev_tty_the_terminal_is_found_at_stdio,
        dumb_init_hands_over_its_terminal_without_a_stray_signal,
        dumb_init_makes_the_program_the_leader_of_the_terminals_session,
        dumb_inits_terminal_survives_the_stop_key,
        a_hang_up_reaches_the_program,
        an_ordinary_user_has_a_working_terminal_too,
        NULL};

    return case_of("terminal", tests);
}
