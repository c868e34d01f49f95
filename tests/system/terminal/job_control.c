/*
 * job_control.c - on a real pseudo-terminal: the foreground, ^C, ^Z, fg, window changes, hang-up
 */
#include <dirent.h>
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

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof(array)[0]))

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
    /* Not one of them again: the one that the kernel has sent may not have been read yet. */
    process_signal(&process, SIGUSR1);
    process_expect(&process, "got 10 code 0");
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

/* ---- a job of several processes ------------------------------------------------------------ */

/* An interactive bash, which has been told a command. */
static void start_job(struct process *process, const char *command)
{
    start(process, PLACE_FIRST, COMMAND(INTERACTIVE_BASH));
    process_expect(process, "shell> ");
    type_line(process, command);
    process_expect(process, "\n");
}

static void end_shell(struct process *process)
{
    type_line(process, "echo the shell answers; exit 7");
    process_expect(process, "\nthe shell answers");
    ck_assert_int_eq(process_wait(process), 7);
}

/* Whether there is a program in the session, but for its leader, that is not stopped. */
static bool has_running_member(pid_t session)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    bool found = false;

    ck_assert_ptr_nonnull(directory);
    while (!found && (entry = readdir(directory)) != NULL) {
        char path[300];
        char name[20];
        char state;
        pid_t its_session;
        FILE *file;

        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        file = atoi(entry->d_name) > 0 && atoi(entry->d_name) != session ? fopen(path, "re") : NULL;
        if (file == NULL)
            continue;
        found = fscanf(file, "%*d (%19[^)]) %c %*d %*d %d", name, &state, &its_session) == 3 &&
                its_session == session && strcmp(name, "nsinit") != 0 && state != 'T' &&
                state != 'Z';
        fclose(file);
    }
    closedir(directory);
    return found;
}

static bool is_stopped(void *argument)
{
    return !has_running_member(((struct process *)argument)->pid);
}

/* A reader that has not had the time to stop would take what is typed to the shell next. */
static void stop_job(struct process *process)
{
    process_type(process, CONTROL_Z);
    process_expect(process, "Stopped");
    process_expect(process, "shell> ");
    wait_until(is_stopped, process, "the whole job to be stopped");
}

/* A cat in there is stopped by its key and continued by `fg`, with all that the shell waits for. */
static const char *const shared[] = {
    "%s -s -- cat | sed -u s/^/through:/",
    "sed -u s/^/first:/ | %s -s -- sed -u s/^/through:/",
    "bash -c '%s -s -- cat; :' | sed -u s/^/through:/",
    "%s -s -g -- cat | sed -u s/^/through:/",
    "%s -s --restart on-failure:1 -- cat | sed -u s/^/through:/",
    "%s -s --unshare pid --new-session=no -- cat | sed -u s/^/through:/",
    "%s -s --unshare pid --new-session=no --as-pid-1 -- cat | sed -u s/^/through:/",
};

START_TEST(stop_key_and_fg_work_for_a_pipeline)
{
    struct process process;
    char command[500];

    snprintf(command, sizeof command, shared[_i], nsinit_path());
    start_job(&process, command);
    type_line(&process, "before");
    process_expect(&process, "through:");
    for (int i = 0; i < 2; i++) {
        stop_job(&process);
        type_line(&process, "fg");
        process_expect(&process, "through:/\r\n");
        type_line(&process, "after");
        process_expect(&process, "through:");
    }
    process_type(&process, CONTROL_D);
    process_expect(&process, "shell> ");
    end_shell(&process);
}
END_TEST

static const char *const scripts[] = {"sh -c '%s -s -- cat; echo over'",
                                      "bash -c '%s -s -- cat; echo over'",
                                      "bash -c 'for i in 1; do %s -s -g -- cat; done; echo over'"};

START_TEST(stop_key_and_fg_work_in_a_script)
{
    struct process process;
    char command[500];

    snprintf(command, sizeof command, scripts[_i], nsinit_path());
    start_job(&process, command);
    ck_assert_echoes(&process, "before");
    stop_job(&process);
    type_line(&process, "fg");
    process_expect(&process, "over'\r\n");
    ck_assert_echoes(&process, "after");
    process_type(&process, CONTROL_D);
    process_expect(&process, "over\r\n");
    process_expect(&process, "shell> ");
    end_shell(&process);
}
END_TEST

/* tini takes the foreground from the pager, so that the shell sees its job stopped. */
START_TEST(a_pager_behind_it_has_the_terminal)
{
    struct process process;
    char command[500];

    snprintf(command, sizeof command,
             "%s -s -- sh -c 'echo text; exec sleep 1000' | sh -c 'read x; echo page: $x; "
             "stty -echo </dev/tty; read y </dev/tty; stty echo </dev/tty; echo key: $y'",
             nsinit_path());
    start_job(&process, command);
    process_expect(&process, "page: text");
    type_line(&process, "next");
    process_expect(&process, "key: next");
    process_type(&process, CONTROL_C);
    process_expect(&process, "shell> ");
    end_shell(&process);
}
END_TEST

START_TEST(each_key_arrives_once_in_a_pipeline)
{
    struct process process;
    char script[300];

    snprintf(script, sizeof script, "trap '' INT QUIT; %s -s %s -- %s signals 3 | cat",
             nsinit_path(), _i == 0 ? "" : "-g", PROBE);
    start(&process, PLACE_FIRST, COMMAND("bash", "-c", script));
    process_expect(&process, "ready");
    process_type(&process, CONTROL_C);
    process_expect(&process, "got 2 code");
    process_type(&process, CONTROL_BACKSLASH);
    process_expect(&process, "got 3 code");
    process_type(&process, CONTROL_C);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "got 2 code"), 2);
}
END_TEST

/* What runs in rounds, by nsinit each, and is to end with the one that a key ends. */
static const char *const rounds[] = {
    "for i in 1 2 3; do %s -s -- sh -c 'echo begun; exec sleep 1000'; done",
    "for i in 1 2 3; do %s -s --unshare pid -- sh -c 'echo begun; exec sleep 1000'; done",
    "for i in 1 2 3; do %s -s --unshare pid --new-session=no -- sh -c 'echo begun; exec sleep "
    "1000'; done",
    "sh -c 'for i in 1 2 3; do %s -s -- sh -c \"echo begun; exec sleep 1000\"; done'",
    "bash -c 'for i in 1 2 3; do %s -s -- sh -c \"echo begun; exec sleep 1000\"; done'",
    "bash -c 'for i in 1 2 3; do %s -s --unshare pid -- sh -c \"echo begun; exec sleep 1000\"; "
    "done'",
    "bash -c 'for i in 1 2 3; do %s -s --unshare pid --new-session=no -- sh -c \"echo begun; exec "
    "sleep 1000\"; done'",
    "bash -c 'for i in 1 2 3; do %s -s --restart always -- sh -c \"echo begun; exec sleep 1000\"; "
    "done'",
    "printf '1\\n2\\n3\\n' | xargs -n1 %s -s -- sh -c 'echo begun; exec sleep 1000'",
};

START_TEST(an_interrupt_ends_the_rounds_too)
{
    struct process process;
    char command[500];

    snprintf(command, sizeof command, rounds[_i], nsinit_path());
    start_job(&process, command);
    process_expect(&process, "begun\r\n");
    process_type(&process, CONTROL_C);
    process_expect(&process, "shell> ");
    end_shell(&process);
    ck_assert_int_eq(count_of(process.output.text, "begun\r\n"), 1);
}
END_TEST

static bool runs_two(void *argument)
{
    return count_of(((struct process *)argument)->output.text, "begun\r\n") >= 2;
}

START_TEST(an_interrupt_ends_all_that_xargs_runs_side_by_side)
{
    struct process process;
    char command[500];

    snprintf(command, sizeof command,
             "seq 9 | xargs -n1 -P2 %s -s -- sh -c 'echo begun; exec sleep 1000'", nsinit_path());
    start_job(&process, command);
    process_expect(&process, "begun\r\n");
    process_expect(&process, "begun\r\n");
    ck_assert(runs_two(&process));
    process_type(&process, CONTROL_C);
    process_expect(&process, "shell> ");
    type_line(&process,
              "wait; while pgrep -x sleep >/dev/null; do :; done; echo none left; exit 7");
    process_expect(&process, "\nnone left");
    ck_assert_int_eq(process_wait(&process), 7);
    ck_assert_int_eq(count_of(process.output.text, "begun\r\n"), 2);
}
END_TEST

/* Of the pipeline the program's members get it, and nobody else. */
START_TEST(the_groups_signals_spare_the_rest_of_a_pipeline)
{
    struct process process;
    char command[500];

    snprintf(
        command, sizeof command,
        "bash -c 'trap \"echo script hit\" USR1; %s -s -g -- sh -c \"trap : USR1; %s signals 1 & "
        "wait; wait\" | cat' &",
        nsinit_path(), PROBE);
    start_job(&process, command);
    process_expect(&process, "ready");
    type_line(&process, "pkill -USR1 -xo nsinit; wait; echo all ended");
    process_expect(&process, "got 10 code");
    process_expect(&process, "\nall ended");
    process_expect(&process, "shell> ");
    ck_assert_lacks(process.output.text, "\nscript hit");
    end_shell(&process);
}
END_TEST

/* ---- jobs in the background ---------------------------------------------------------------- */

static const char *const backgrounds[] = {"",
                                          "-g",
                                          "--unshare pid",
                                          "--unshare pid --new-session=no",
                                          "--unshare pid --as-pid-1",
                                          "--unshare pid --as-pid-1 --new-session=no",
                                          "--restart on-failure:1",
                                          "-c"};

/* The shell has seen no stop, so it sends no CONT. */
START_TEST(one_fg_brings_a_job_to_the_front)
{
    struct process process;
    const char *fifo = fresh_fifo("go");
    char command[500];

    snprintf(command, sizeof command,
             "%s -s %s -- sh -c 'echo begun; read x <%s; read y; echo \"got $y\"; :' &",
             nsinit_path(), backgrounds[_i], fifo);
    start_job(&process, command);
    process_expect(&process, "begun");
    type_line(&process, "fg");
    process_expect(&process, "$y\"; :'\r\n");
    /* The shell prints the line before it leaves the foreground. */
    wait_until(is_left_by_shell, &process, "the shell to leave the foreground");
    fifo_say_line(fifo);
    type_line(&process, "hello");
    process_expect(&process, "got hello");
    process_expect(&process, "shell> ");
    ck_assert_lacks(process.output.text, "Stopped");
    end_shell(&process);
}
END_TEST

/* Process 1 of a PID namespace is stopped by no signal of the terminal: it would try for ever. */
START_TEST(a_program_that_is_pid_1_is_stopped_in_the_background_and_fg_continues_it)
{
    struct process process;
    char command[400];

    snprintf(command, sizeof command, "%s -s --unshare pid --new-session=no --as-pid-1 -- cat &",
             nsinit_path());
    start_job(&process, command);
    type_line(&process, "until jobs | grep -q Stopped; do :; done; echo it is sto''pped");
    process_expect(&process, "it is stopped");
    process_expect(&process, "shell> ");
    type_line(&process, "fg");
    process_expect(&process, "fg\r\n");
    process_expect(&process, "cat\r\n");
    ck_assert_echoes(&process, "hello");
    process_type(&process, CONTROL_D);
    process_expect(&process, "shell> ");
    end_shell(&process);
}
END_TEST

START_TEST(a_job_that_ends_in_the_background_leaves_the_shell_its_terminal)
{
    struct process process;
    const char *fifo = fresh_fifo("go");
    char command[500];

    snprintf(command, sizeof command, "%s -s %s -- sh -c 'echo begun; read x <%s; exit 0'",
             nsinit_path(), backgrounds[_i], fifo);
    start_job(&process, command);
    process_expect(&process, "begun\r\n");
    process_type(&process, CONTROL_Z);
    process_expect(&process, "Stopped");
    process_expect(&process, "shell> ");
    type_line(&process, "bg");
    process_expect(&process, "shell> ");
    fifo_say_line(fifo);
    type_line(&process, "wait %1; echo code $?");
    process_expect(&process, "code 0");
    process_expect(&process, "shell> ");
    end_shell(&process);
}
END_TEST

/* ---- one process --------------------------------------------------------------------------- */

/* `timeout 20` makes a group of its own where it leads none, which is in the background then. */
START_TEST(in_a_pid_namespace_the_program_leads_its_group_in_the_foreground)
{
    struct process process;

    start(&process, PLACE_PLAIN,
          NSINIT("-s", "--unshare", "pid", "--new-session=no", "--", "timeout", "1000", "cat"));
    ck_assert_echoes(&process, "hello");
    process_type(&process, CONTROL_C);
    ck_assert_int_eq(process_wait(&process), 130);
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

TCase *job_control_case(void)
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
        a_pager_behind_it_has_the_terminal,
        an_interrupt_ends_all_that_xargs_runs_side_by_side,
        the_groups_signals_spare_the_rest_of_a_pipeline,
        a_program_that_is_pid_1_is_stopped_in_the_background_and_fg_continues_it,
        in_a_pid_namespace_the_program_leads_its_group_in_the_foreground,
        NULL};
    TCase *tcase = case_of("job_control", tests);

    tcase_add_loop_test(tcase, stop_key_and_fg_work_for_a_pipeline, 0, COUNT_OF(shared));
    tcase_add_loop_test(tcase, stop_key_and_fg_work_in_a_script, 0, COUNT_OF(scripts));
    tcase_add_loop_test(tcase, each_key_arrives_once_in_a_pipeline, 0, 2);
    tcase_add_loop_test(tcase, an_interrupt_ends_the_rounds_too, 0, COUNT_OF(rounds));
    tcase_add_loop_test(tcase, one_fg_brings_a_job_to_the_front, 0, COUNT_OF(backgrounds));
    tcase_add_loop_test(tcase, a_job_that_ends_in_the_background_leaves_the_shell_its_terminal, 0,
                        COUNT_OF(backgrounds));
    return tcase;
}
