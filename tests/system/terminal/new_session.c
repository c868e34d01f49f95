/*
 * new_session.c - --new-session: a terminal of its own for a program that may be hostile
 * Where it is the default, all that a terminal does goes on working; the caller's is out of reach.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "system/system.h"

#define CONTROL_C "\x03"
#define CONTROL_D "\x04"
#define CONTROL_Z "\x1a"
#define CONTROL_BACKSLASH "\x1c"

#define INTERACTIVE_BASH \
    "env", "PS1=shell> ", "NSINIT=1", "bash", "--norc", "--noprofile", "--noediting", "-i"

/* All the ways to come by a terminal of one's own. */
static const char *const ways[] = {
    "--unshare pid,mnt",
    "--unshare user,pid,mnt --map-root-user",
    "--unshare user --map-root-user",
    "--unshare pid,mnt --as-pid-1",
    "--unshare pid,mnt --restart always --restart-delay 1ms",
    "--unshare pid,mnt --health-cmd true",
    "--new-session=yes",
    "--new-session=yes --stop TERM/10/KILL",
};

enum { WAY_COUNT = sizeof ways / sizeof ways[0] };

/* A cat, by a key: one that is PID 1 of its namespace does not end of ^C. */
static void ck_assert_ends_by_key(struct process *process, const char *options)
{
    bool is_first = strstr(options, "as-pid-1") != NULL;

    process_type(process, is_first ? CONTROL_D : CONTROL_C);
    ck_assert_int_eq(process_wait(process), is_first ? 0 : 130);
}

static void start(struct process *process, enum place place, const char *const *arguments)
{
    process_start(process, &(struct process_options){
                               .arguments = arguments, .place = place, .terminal = true});
}

static void type_line(struct process *process, const char *line)
{
    process_type(process, line);
    process_type(process, "\n");
}

static void ck_assert_echoes(struct process *process, const char *line)
{
    char expected[40];

    type_line(process, line);
    snprintf(expected, sizeof expected, "%s\r\n%s", line, line);
    process_expect(process, expected);
}

/* nsinit by a shell, so that options can be words of one text. */
static void start_by_shell(struct process *process, enum place place, const char *options,
                           const char *command)
{
    static char script[1000];

    snprintf(script, sizeof script, "exec %s -s %s -- %s", nsinit_path(), options, command);
    start(process, place, COMMAND("sh", "-c", script));
}

/* An interactive shell, which has been told to run nsinit. */
static void start_job(struct process *process, const char *options, const char *command)
{
    static char line[1000];

    start(process, PLACE_FIRST, COMMAND(INTERACTIVE_BASH));
    process_expect(process, "shell> ");
    snprintf(line, sizeof line, "%s -s %s -- %s", nsinit_path(), options, command);
    type_line(process, line);
    process_expect(process, "\n");
}

/* ---- the terminal of its own ----------------------------------------------------------------- */

static bool is_raw(int terminal)
{
    struct termios modes;

    ck_assert_int_eq(tcgetattr(terminal, &modes), 0);
    return (modes.c_lflag & (ICANON | ECHO | ISIG)) == 0;
}

static bool is_raw_now(void *argument)
{
    return is_raw(*(const int *)argument);
}

static void wait_for_raw(struct process *process)
{
    wait_until(is_raw_now, &process->terminal, "the terminal to be raw");
}

START_TEST(the_program_leads_a_session_on_another_terminal_of_the_same_size)
{
    static const char inside[] = "ls -l /proc/self/fd/0 | sed \"s/.* //\"; stty size; tty; "
                                 "test -t 1 && test -t 2 && stty size </dev/tty; exit 6";
    struct process process;
    char script[1000];
    char first[40];
    char second[40];

    snprintf(script, sizeof script,
             "readlink /proc/self/fd/0; exec %s -s --unshare pid,mnt -- sh -c '%s'", nsinit_path(),
             inside);
    start(&process, PLACE_PLAIN, COMMAND("sh", "-c", script));
    ck_assert_int_eq(process_wait(&process), 6);
    ck_assert_int_eq(sscanf(process.output.text, "%39s %39s", first, second), 2);
    ck_assert_str_ne(first, second);
    ck_assert_int_eq(count_of(process.output.text, "24 80\r\n"), 2);
}
END_TEST

/* Whatever is not to have one, by default or by request. */
static const char *const without[] = {"", "--unshare net", "--unshare pid -c",
                                      "--unshare pid --new-session=no"};

START_TEST(elsewhere_it_has_nsinits_own)
{
    struct process process;
    char script[1000];
    char first[40];
    char second[40];

    snprintf(script, sizeof script,
             "readlink /proc/self/fd/0; exec %s -s %s -- readlink /proc/self/fd/0", nsinit_path(),
             without[_i]);
    start(&process, PLACE_PLAIN, COMMAND("sh", "-c", script));
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(sscanf(process.output.text, "%39s %39s", first, second), 2);
    ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(under_the_names_of_the_peers_it_has_nsinits_own)
{
    static const char *const names[] = {"tini", "dumb-init", "catatonit"};
    struct process process;
    char script[1000];
    char first[40];
    char second[40];

    snprintf(script, sizeof script, "readlink /proc/self/fd/0; exec %s readlink /proc/self/fd/0",
             nsinit_called(names[_i]));
    start(&process, PLACE_FIRST, COMMAND("sh", "-c", script));
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(sscanf(process.output.text, "%39s %39s", first, second), 2);
    ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(the_terminal_belongs_to_the_user)
{
    struct process process;

    if (lacks_root("the_terminal_belongs_to_the_user"))
        return;
    start_by_shell(&process, PLACE_FIRST, "--unshare pid,mnt --user 54321",
                   "sh -c 'stat -L -c \"owner %u\" /proc/self/fd/0; : >/proc/self/fd/0'");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "owner 54321");
}
END_TEST

START_TEST(the_terminal_belongs_to_root_of_the_user_namespace)
{
    struct process process;

    if (lacks_root("the_terminal_belongs_to_root_of_the_user_namespace"))
        return;
    start_by_shell(&process, PLACE_FIRST,
                   "--unshare user,pid,mnt --map-users 0:100000:1000 --map-groups 0:100000:1000",
                   "stat -L -c 'owner %u' /proc/self/fd/0");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "owner 0");
}
END_TEST

/* As in an image FROM scratch: what was asked for must be, what is the default is not. */
START_TEST(without_pseudo_terminals_the_default_says_so_and_goes_on)
{
    static const char script[] = "mount -t tmpfs none /dev && exec \"$0\" \"$@\"";
    struct process process;

    start(&process, PLACE_FIRST,
          COMMAND("sh", "-c", script, nsinit_path(), "--unshare", "user,pid,mnt", "--map-root-user",
                  "--", "cat"));
    process_expect(&process, "main: --new-session: /dev/ptmx: No such file or directory: "
                             "using nsinit's own terminal\r\n");
    ck_assert_echoes(&process, "hello");
    process_type(&process, CONTROL_C);
    ck_assert_int_eq(process_wait(&process), 130);
    start(&process, PLACE_FIRST,
          COMMAND("sh", "-c", script, nsinit_path(), "--new-session=yes", "--", "cat"));
    ck_assert_int_eq(process_wait(&process), 125);
    ck_assert_contains(process.output.text,
                       "main: --new-session: /dev/ptmx: No such file or directory\r\n  hint: ");
}
END_TEST

/* ---- keys ------------------------------------------------------------------------------------ */

START_TEST(each_key_arrives_once)
{
    struct process process;
    char command[300];

    snprintf(command, sizeof command, "%s signals 2", PROBE);
    start_by_shell(&process, PLACE_FIRST, ways[_i], command);
    process_expect(&process, "ready");
    wait_for_raw(&process);
    process_type(&process, CONTROL_C);
    process_expect(&process, "got 2 code");
    process_type(&process, CONTROL_BACKSLASH);
    process_expect(&process, "got 3 code");
    if (strstr(ways[_i], "restart") != NULL)
        return;
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(a_window_change_arrives_once)
{
    struct winsize size = {.ws_row = 50, .ws_col = 132};
    struct process process;
    char command[300];

    snprintf(command, sizeof command, "sh -c 'trap : INT; %s signals 2; exec stty size'", PROBE);
    start_by_shell(&process, PLACE_FIRST, ways[_i], command);
    process_expect(&process, "ready");
    ck_assert_int_eq(ioctl(process.input, TIOCSWINSZ, &size), 0);
    process_expect(&process, "got 28 code");
    process_type(&process, CONTROL_C);
    process_expect(&process, "got 2 code");
    process_expect(&process, "50 132");
}
END_TEST

START_TEST(stop_key_and_fg_work_under_a_shell)
{
    struct winsize size = {.ws_row = 44, .ws_col = 111};
    struct process process;

    start_job(&process, ways[_i], "cat");
    wait_for_raw(&process);
    ck_assert_echoes(&process, "before");
    for (int i = 0; i < 2; i++) {
        process_type(&process, CONTROL_Z);
        process_expect(&process, "Stopped");
        process_expect(&process, "shell> ");
        /* The shell's terminal is as it was, and takes lines. */
        type_line(&process, "stty -a | grep -o ' icanon'");
        process_expect(&process, " icanon");
        process_expect(&process, " icanon");
        ck_assert_int_eq(ioctl(process.input, TIOCSWINSZ, &size), 0);
        process_expect(&process, "shell> ");
        type_line(&process, "fg");
        process_expect(&process, "cat\r\n");
        wait_for_raw(&process);
        ck_assert_echoes(&process, "after");
    }
    process_type(&process, strstr(ways[_i], "as-pid-1") != NULL ? CONTROL_D : CONTROL_C);
    process_expect(&process, "shell> ");
    type_line(&process, "stty -a | grep -o ' icanon'; exit 7");
    process_expect(&process, "\n icanon");
    ck_assert_int_eq(process_wait(&process), 7);
}
END_TEST

/* What the terminal has become while it was the shell's. */
START_TEST(the_size_is_copied_when_the_job_goes_on)
{
    struct winsize size = {.ws_row = 44, .ws_col = 111};
    struct process process;

    start_job(&process, "--unshare pid,mnt", "sh -c 'cat; stty size'");
    wait_for_raw(&process);
    ck_assert_echoes(&process, "before");
    process_type(&process, CONTROL_Z);
    process_expect(&process, "Stopped");
    process_expect(&process, "shell> ");
    ck_assert_int_eq(ioctl(process.input, TIOCSWINSZ, &size), 0);
    type_line(&process, "fg");
    process_expect(&process, "stty size'\r\n");
    wait_for_raw(&process);
    ck_assert_echoes(&process, "after");
    process_type(&process, CONTROL_D);
    process_expect(&process, "44 111");
}
END_TEST

/* vi and its kin tidy up first. The kernel stops them where they are not the session's leader. */
START_TEST(a_program_that_handles_the_stop_key_is_stopped_below_an_inner_init)
{
    struct process process;

    start_job(&process, "--unshare pid,mnt",
              "bash -c 'trap \"echo tidied; trap - TSTP; kill -TSTP 0\" TSTP; "
              "echo started; while read x; do echo \"read $x\"; done'");
    process_expect(&process, "started\r\n");
    wait_for_raw(&process);
    process_type(&process, CONTROL_Z);
    process_type(&process, "\n");
    process_expect(&process, "tidied");
    process_expect(&process, "Stopped");
    process_expect(&process, "shell> ");
    type_line(&process, "fg");
    wait_for_raw(&process);
    type_line(&process, "more");
    process_expect(&process, "read more");
}
END_TEST

START_TEST(a_shell_inside_has_job_control)
{
    struct process process;

    start_by_shell(&process, PLACE_FIRST, ways[_i],
                   "env 'PS1=inner> ' bash --norc --noprofile --noediting -i");
    process_expect(&process, "inner> ");
    type_line(&process, "cat");
    ck_assert_echoes(&process, "before");
    process_type(&process, CONTROL_Z);
    process_expect(&process, "Stopped");
    process_expect(&process, "inner> ");
    type_line(&process, "fg");
    process_expect(&process, "fg\r\ncat\r\n");
    ck_assert_echoes(&process, "after");
    process_type(&process, CONTROL_C);
    process_expect(&process, "inner> ");
    type_line(&process, "echo code $?");
    process_expect(&process, "code 130");
    ck_assert_lacks(process.output.text, "no job control");
}
END_TEST

START_TEST(stop_key_as_pid_1_leaves_a_terminal_that_answers)
{
    struct process process;

    start_by_shell(&process, PLACE_FIRST, ways[_i], "cat");
    wait_for_raw(&process);
    ck_assert_echoes(&process, "before");
    process_type(&process, CONTROL_Z);
    ck_assert_echoes(&process, "after");
    ck_assert_ends_by_key(&process, ways[_i]);
}
END_TEST

START_TEST(stop_key_without_a_shell_leaves_a_terminal_that_answers)
{
    struct process process;

    start_by_shell(&process, PLACE_PLAIN, ways[_i], "cat");
    wait_for_raw(&process);
    ck_assert_echoes(&process, "before");
    process_type(&process, CONTROL_Z);
    ck_assert_echoes(&process, "after");
    ck_assert_ends_by_key(&process, ways[_i]);
}
END_TEST

START_TEST(a_job_in_the_background_leaves_the_terminal_to_the_shell)
{
    struct process process;
    char command[300];

    snprintf(command, sizeof command, "%s signals 1 &", PROBE);
    start_job(&process, "--unshare pid,mnt", command);
    process_expect(&process, "ready");
    type_line(&process, "echo still $((40 + 2)) here");
    process_expect(&process, "still 42 here");
    ck_assert(!is_raw(process.terminal));
    type_line(&process, "kill -USR1 %1; wait; exit 3");
    process_expect(&process, "got 10");
    ck_assert_int_eq(process_wait(&process), 3);
}
END_TEST

/* As a shell has them that edits a line. */
START_TEST(in_the_background_it_does_not_begin_with_the_shells_modes)
{
    struct process process;
    char line[400];

    start(&process, PLACE_FIRST, COMMAND(INTERACTIVE_BASH));
    process_expect(&process, "shell> ");
    snprintf(line, sizeof line,
             "stty -icanon; %s -s --unshare pid -- stty -a & wait; stty icanon; echo over",
             nsinit_path());
    type_line(&process, line);
    process_expect(&process, "isig icanon");
    process_expect(&process, "\nover");
}
END_TEST

/* ---- what is redirected ---------------------------------------------------------------------- */

START_TEST(a_file_or_a_pipe_stays_one)
{
    struct process process;
    char script[1000];

    snprintf(script, sizeof script,
             "echo from file >%s/in; %s -s --unshare pid,mnt -- "
             "sh -c 'test -t 0 || cat; test -t 1 || echo piped; test -t 2 && echo shown >&2' "
             "<%s/in | sed s/^/through:/",
             test_directory(), nsinit_path(), test_directory());
    start(&process, PLACE_FIRST, COMMAND("sh", "-c", script));
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "through:from file\r\n");
    ck_assert_contains(process.output.text, "through:piped\r\n");
    ck_assert_contains(process.output.text, "shown\r\n");
    ck_assert_lacks(process.output.text, "through:shown");
}
END_TEST

START_TEST(with_all_redirected_the_program_still_has_a_terminal)
{
    struct process process;

    start(&process, PLACE_FIRST,
          COMMAND("sh", "-c",
                  "exec \"$0\" --unshare pid,mnt -- sh -c 'echo ask >/dev/tty; read x </dev/tty; "
                  "echo \"told $x\" >/dev/tty' </dev/null >/dev/null 2>&1",
                  nsinit_path()));
    process_expect(&process, "ask");
    type_line(&process, "me");
    process_expect(&process, "told me");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* In front of a pipe lines go through, and ^D. */
START_TEST(in_front_of_a_pipe_it_reads_lines)
{
    struct process process;

    start(&process, PLACE_FIRST,
          COMMAND("sh", "-c",
                  "\"$0\" -s --unshare pid,mnt -- sh -c 'echo begun >&2; cat; echo over' | "
                  "sed -u s/^/through:/",
                  nsinit_path()));
    process_expect(&process, "begun");
    type_line(&process, "one");
    process_expect(&process, "through:one");
    process_type(&process, CONTROL_D);
    process_expect(&process, "through:over");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "one\r\n"), 2);
}
END_TEST

/* A pager takes the terminal as it needs it, and its keys. */
START_TEST(the_keys_are_for_the_pager_behind_it)
{
    static const char pager[] = "stty -icanon -echo </dev/tty; read line; echo \"page: $line\"; "
                                "for i in 1 2 3 4 5 6; do dd bs=1 count=1 2>/dev/null </dev/tty; "
                                "done; stty icanon echo </dev/tty; echo; echo quit";
    struct process process;
    char script[1000];

    snprintf(script, sizeof script,
             "%s -s --unshare pid,mnt -- sh -c 'sleep 0.2; echo text; exec cat' | sh -c '%s'; "
             "stty -a | grep -o ' icanon'",
             nsinit_path(), pager);
    start(&process, PLACE_PLAIN, COMMAND("bash", "-c", script));
    process_expect(&process, "page: text");
    process_type(&process, "abcdef");
    process_expect(&process, "abcdef");
    process_expect(&process, "quit");
    process_type(&process, CONTROL_C);
}
END_TEST

START_TEST(stop_key_and_fg_work_for_a_pipeline)
{
    struct process process;

    start_job(&process, ways[_i], "sh -c 'echo begun >&2; exec cat' | sed -u s/^/through:/");
    process_expect(&process, "begun\r\n");
    type_line(&process, "before");
    process_expect(&process, "through:before");
    process_type(&process, CONTROL_Z);
    process_expect(&process, "Stopped");
    process_expect(&process, "shell> ");
    type_line(&process, "fg");
    process_expect(&process, "through:/\r\n");
    type_line(&process, "after");
    process_expect(&process, "through:after");
}
END_TEST

START_TEST(a_key_in_front_of_a_pipe_signals_the_program)
{
    struct process process;
    char script[1000];

    snprintf(script, sizeof script,
             "trap '' INT; %s -s --unshare pid,mnt -- %s signals 1 | cat; echo over", nsinit_path(),
             PROBE);
    start(&process, PLACE_FIRST, COMMAND("sh", "-c", script));
    process_expect(&process, "ready");
    process_type(&process, CONTROL_C);
    process_expect(&process, "got 2 code");
    process_expect(&process, "over");
    ck_assert_int_eq(count_of(process.output.text, "got 2 code"), 1);
}
END_TEST

/* ---- ends ------------------------------------------------------------------------------------ */

START_TEST(the_last_output_is_not_lost)
{
    struct process process;

    start_by_shell(&process, PLACE_FIRST, ways[_i], "sh -c 'seq 1 30000; kill -INT $$'");
    ck_assert_int_eq(process_wait(&process), 130);
    ck_assert_int_eq(count_of(process.output.text, "\r\n"), 30000);
    ck_assert_contains(process.output.text, "29999\r\n30000\r\n");
}
END_TEST

/* A program under nsinit, on a terminal that is raw now, and a hold on that. */
struct raw {
    struct process process;
    struct termios before;
    int terminal;
};

static void start_raw(struct raw *raw, const char *options, const char *command)
{
    start_by_shell(&raw->process, PLACE_PLAIN, options, command);
    raw->terminal = fcntl(raw->process.terminal, F_DUPFD_CLOEXEC, 0);
    process_expect(&raw->process, "begun");
    wait_until(is_raw_now, &raw->terminal, "the terminal to be raw");
}

static bool has_ended(void *argument)
{
    return process_has_ended(argument);
}

static void ck_assert_ends_restored(struct raw *raw, int exit_code)
{
    struct termios modes;

    wait_until(has_ended, &raw->process, "the end of nsinit");
    ck_assert_int_eq(tcgetattr(raw->terminal, &modes), 0);
    ck_assert_uint_ne(modes.c_lflag & ICANON, 0);
    ck_assert_uint_ne(modes.c_lflag & ECHO, 0);
    ck_assert_uint_ne(modes.c_lflag & ISIG, 0);
    ck_assert_uint_ne(modes.c_oflag & OPOST, 0);
    close(raw->terminal);
    ck_assert_int_eq(process_wait(&raw->process), exit_code);
}

START_TEST(the_terminal_is_restored_at_the_end)
{
    struct raw raw;

    start_raw(&raw, "--unshare pid,mnt", "sh -c 'stty raw; echo begun; read x; exit 4'");
    process_type(&raw.process, "\n");
    ck_assert_ends_restored(&raw, 4);
}
END_TEST

static const int deadly[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1};

START_TEST(the_terminal_is_restored_when_a_signal_ends_it)
{
    struct raw raw;

    start_raw(&raw, "--unshare user,pid,mnt --map-root-user",
              "sh -c 'echo begun; exec sleep 1000'");
    process_signal(&raw.process, deadly[_i]);
    ck_assert_ends_restored(&raw, 128 + deadly[_i]);
}
END_TEST

/* The program is gone for the second start. */
START_TEST(the_terminal_is_restored_when_a_restart_fails)
{
    struct raw raw;
    char path[220];
    char command[300];
    FILE *file;

    snprintf(path, sizeof path, "%s/once", test_directory());
    file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "#!/bin/sh\nrm %s\necho begun\nread x\nexit 3\n", path);
    fclose(file);
    ck_assert_int_eq(chmod(path, 0755), 0);
    snprintf(command, sizeof command, "%s", path);
    start_raw(&raw, "--unshare pid --restart on-failure:2 --restart-delay 1ms..1ms", command);
    process_type(&raw.process, "\r");
    ck_assert_ends_restored(&raw, 127);
}
END_TEST

START_TEST(a_start_that_fails_leaves_the_terminal_as_it_was)
{
    struct process process;

    start_by_shell(&process, PLACE_PLAIN, "--unshare pid,mnt", "/nonexistent");
    wait_until(has_ended, &process, "the end of nsinit");
    ck_assert(!is_raw(process.terminal));
    ck_assert_int_eq(process_wait(&process), 127);
    ck_assert_contains(process.output.text, "exec /nonexistent: no such file\r\n");
}
END_TEST

START_TEST(each_run_has_a_terminal_that_works)
{
    struct process process;

    start_by_shell(&process, PLACE_FIRST,
                   "-v --unshare pid,mnt --restart on-failure:3 --restart-delay 1ms..1ms",
                   "sh -c 'echo begun; read x; echo \"read $x\"; seq 1 2000; exit 5'");
    for (int i = 0; i < 4; i++) {
        process_expect(&process, "begun\r\n");
        wait_for_raw(&process);
        type_line(&process, "line");
        process_expect(&process, "read line");
        process_expect(&process, "\r\n2000\r\n");
    }
    ck_assert_int_eq(process_wait(&process), 5);
    /* nsinit's own lines end as a terminal wants it, raw or not. */
    ck_assert_int_eq(count_of(process.output.text, "\n"), count_of(process.output.text, "\r\n"));
}
END_TEST

/* ^C while a restart is waited for is nsinit's, as it is without a session of its own. */
START_TEST(between_two_runs_the_keys_are_nsinits)
{
    struct process process;

    start_by_shell(&process, PLACE_FIRST,
                   "-v --unshare pid,mnt --restart always --restart-delay 1h", "false");
    process_expect(&process, "restart 1 in");
    process_type(&process, CONTROL_C);
    ck_assert_int_eq(process_wait(&process), 1);
}
END_TEST

START_TEST(a_hang_up_reaches_the_program)
{
    struct process process;

    start_by_shell(&process, PLACE_FIRST, ways[_i],
                   "sh -c 'trap \"exit 9\" HUP; echo ready; while :; do sleep 0.01; done'");
    process_expect(&process, "ready");
    process_close_input(&process);
    process.output.fd = -1;
    ck_assert_int_eq(process_wait(&process), 9);
}
END_TEST

/* Who writes more than the terminal takes waits, and nsinit for nobody. */
START_TEST(a_stopped_terminal_holds_up_no_other_service)
{
    struct process process;

    start_by_shell(&process, PLACE_FIRST, "--unshare pid,mnt",
                   "sh -c 'trap \"exit 8\" USR1; yes & while :; do sleep 0.01; done'");
    process_expect(&process, "y\r\ny\r\n");
    ck_assert_int_eq(tcflow(process.terminal, TCOOFF), 0);
    process_signal(&process, SIGUSR1);
    wait_until(has_ended, &process, "the end of nsinit");
    ck_assert_int_eq(tcflow(process.terminal, TCOON), 0);
    ck_assert_int_eq(process_wait(&process), 8);
}
END_TEST

START_TEST(an_ordinary_user_has_a_terminal_of_its_own_too)
{
    struct process process;
    char script[600];

    if (lacks_root("an_ordinary_user_has_a_terminal_of_its_own_too"))
        return;
    snprintf(script, sizeof script, "exec %s --unshare user,pid,mnt --map-root-user -- cat",
             nsinit_path());
    process_start(&process, &(struct process_options){.arguments = COMMAND("sh", "-c", script),
                                                      .place = PLACE_FIRST,
                                                      .uid = ORDINARY_USER,
                                                      .terminal = true});
    wait_for_raw(&process);
    ck_assert_echoes(&process, "hello");
    process_type(&process, CONTROL_D);
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* ---- the attack ------------------------------------------------------------------------------ */

static const char legacy_tiocsti[] = "/proc/sys/dev/tty/legacy_tiocsti";

static char read_switch(void)
{
    int fd = open(legacy_tiocsti, O_RDONLY | O_CLOEXEC);
    char value = '\0';

    if (fd >= 0) {
        (void)!read(fd, &value, 1);
        close(fd);
    }
    return value;
}

static bool write_switch(char value)
{
    int fd = open(legacy_tiocsti, O_WRONLY | O_CLOEXEC);
    bool is_written = fd >= 0 && write(fd, &value, 1) == 1;

    if (fd >= 0)
        close(fd);
    return is_written;
}

static char switch_before;

static void restore_switch(void)
{
    if (switch_before != '\0')
        (void)write_switch(switch_before);
}

static bool lacks_switch(const char *test)
{
    if (lacks_root(test))
        return true;
    switch_before = read_switch();
    if (switch_before != '\0' && write_switch('1'))
        return false;
    skip_test(test, "dev.tty.legacy_tiocsti can't be set here");
    switch_before = '\0';
    return true;
}

/* By each of its files, and by each that it finds of others. */
START_TEST(a_program_cannot_type_into_the_callers_shell)
{
    struct process process;
    char command[400];

    if (lacks_switch("a_program_cannot_type_into_the_callers_shell"))
        return;
    snprintf(command, sizeof command, "%s inject 'echo by $((40 + 2)) injection'", PROBE);
    start_job(&process, "--unshare user,pid,mnt --map-root-user", command);
    process_expect(&process, "injected");
    process_expect(&process, "shell> ");
    type_line(&process, "echo done; exit 7");
    ck_assert_int_eq(process_wait(&process), 7);
    ck_assert_lacks(process.output.text, "by 42 injection");
}
END_TEST

START_TEST(a_service_of_a_pod_cannot_type_into_the_callers_shell)
{
    struct process process;
    char line[600];

    if (lacks_switch("a_service_of_a_pod_cannot_type_into_the_callers_shell"))
        return;
    (void)pod_file("[service evil]\nunshare = user,pid,mnt\nmap-root-user = yes\n"
                   "command = %s inject 'echo by $((40 + 2)) injection'\n"
                   "[service mate]\nunshare = user,pid,mnt\nmap-root-user = yes\n"
                   "command = sleep 0.1\n",
                   PROBE);
    start(&process, PLACE_FIRST, COMMAND(INTERACTIVE_BASH));
    process_expect(&process, "shell> ");
    snprintf(line, sizeof line, "%s -s --control no --pod %s/pod", nsinit_path(), test_directory());
    type_line(&process, line);
    process_expect(&process, "injected");
    process_expect(&process, "shell> ");
    type_line(&process, "echo done; exit 7");
    ck_assert_int_eq(process_wait(&process), 7);
    ck_assert_lacks(process.output.text, "by 42 injection");
}
END_TEST

/* Their output is shown as ever; the keys are nsinit's. */
START_TEST(services_of_a_pod_have_terminals_of_their_own_without_keys)
{
    static const char pod[] =
        "[pod]\nunshare = pid\n"
        "[service a]\ncommand = sh -c 'readlink /proc/self/fd/0; readlink /proc/self/fd/1; "
        "echo \"a: $(stty size </dev/tty)\"; exec sleep 99'\n"
        "[service b]\nunshare = pid,mnt\nstop = TERM/0/KILL\n"
        "command = sh -c 'trap \"\" TERM; echo b >/dev/tty; exec sleep 99'\n"
        "[service c]\nnew-session = no\n"
        "command = sh -c 'echo c is on $(readlink /proc/self/fd/2); exec sleep 99'\n";
    struct process process;
    char own[40];
    char expected[80];

    start(&process, PLACE_FIRST,
          NSINIT("-s", "--control", "no", "--drain", "TERM/0/KILL", "--pod", pod_file("%s", pod)));
    ck_assert_int_eq(ttyname_r(process.terminal, own, sizeof own), 0);
    snprintf(expected, sizeof expected, "c is on %s\r\n", own);
    /* In any order. */
    for (int i = 0; i < 3; i++) {
        process.output.read = 0;
        process_expect(&process, i == 0 ? "a: 24 80\r\n" : i == 1 ? "b\r\n" : expected);
    }
    ck_assert_int_eq(count_of(process.output.text, own), 1);
    ck_assert(!is_raw(process.terminal));
    type_line(&process, "nobody reads this");
    process_expect(&process, "nobody reads this\r\n");
    process_type(&process, CONTROL_C);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "nobody reads this"), 1);
}
END_TEST

START_TEST(a_program_cannot_read_what_is_typed_by_files_of_its_inner_init)
{
    struct process process;
    char first[40];
    char script[1000];

    snprintf(script, sizeof script,
             "readlink /proc/self/fd/0; exec %s -s --unshare user,pid,mnt --map-root-user -- "
             "sh -c 'ls -l /proc/1/fd; exit 0'",
             nsinit_path());
    start(&process, PLACE_PLAIN, COMMAND("sh", "-c", script));
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(sscanf(process.output.text, "%39s", first), 1);
    ck_assert_int_eq(count_of(process.output.text, first), 1);
}
END_TEST

START_TEST(dev_console_is_not_the_callers_terminal)
{
    struct process process;
    char script[1000];

    if (lacks_root("dev_console_is_not_the_callers_terminal"))
        return;
    snprintf(script, sizeof script,
             "echo real $(stat -L -c %%t:%%T /proc/self/fd/0); exec %s -s --unshare "
             "user,pid,mnt --map-root-user --mount type=dev,target=/dev -- "
             "stat -c 'console %%t:%%T' /dev/console",
             nsinit_path());
    start(&process, PLACE_PLAIN, COMMAND("sh", "-c", script));
    ck_assert_int_eq(process_wait(&process), 0);
    {
        char real[20];
        char console[20];

        ck_assert_int_eq(sscanf(strstr(process.output.text, "real "), "real %19s", real), 1);
        ck_assert_int_eq(sscanf(strstr(process.output.text, "console "), "console %19s", console),
                         1);
        ck_assert_str_ne(real, console);
    }
}
END_TEST

/* ---- rest ------------------------------------------------------------------------------------ */

/* How often a process has slept, and for how many milliseconds it has not woken up. */
struct sleep {
    pid_t pid;
    unsigned long count;
    unsigned int milliseconds;
};

static unsigned long sleeps_of(pid_t pid)
{
    char path[40];
    char line[100];
    unsigned long count = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "voluntary_ctxt_switches:", 24) == 0)
            count = strtoul(line + 24, NULL, 10);
    fclose(file);
    return count;
}

static bool sleeps_on(void *argument)
{
    struct sleep *sleep = argument;
    unsigned long count = sleeps_of(sleep->pid);

    sleep->milliseconds = count == sleep->count ? sleep->milliseconds + 1 : 0;
    sleep->count = count;
    return sleep->milliseconds >= 500;
}

START_TEST(a_quiet_program_on_it_wakes_nobody)
{
    struct process process;

    start_by_shell(&process, PLACE_FIRST, "--unshare pid,mnt", "sh -c 'echo ready; exec sleep 60'");
    process_expect(&process, "ready");
    wait_for_raw(&process);
    wait_until(sleeps_on, &(struct sleep){.pid = process.pid}, "half a second without waking up");
}
END_TEST

TCase *new_session_case(void)
{
    const TTest *const tests[] = {
        the_program_leads_a_session_on_another_terminal_of_the_same_size,
        without_pseudo_terminals_the_default_says_so_and_goes_on,
        the_terminal_belongs_to_the_user,
        the_terminal_belongs_to_root_of_the_user_namespace,
        the_size_is_copied_when_the_job_goes_on,
        a_program_that_handles_the_stop_key_is_stopped_below_an_inner_init,
        a_job_in_the_background_leaves_the_terminal_to_the_shell,
        in_the_background_it_does_not_begin_with_the_shells_modes,
        a_file_or_a_pipe_stays_one,
        with_all_redirected_the_program_still_has_a_terminal,
        in_front_of_a_pipe_it_reads_lines,
        the_keys_are_for_the_pager_behind_it,
        a_key_in_front_of_a_pipe_signals_the_program,
        the_terminal_is_restored_at_the_end,
        the_terminal_is_restored_when_a_restart_fails,
        a_start_that_fails_leaves_the_terminal_as_it_was,
        each_run_has_a_terminal_that_works,
        between_two_runs_the_keys_are_nsinits,
        a_stopped_terminal_holds_up_no_other_service,
        an_ordinary_user_has_a_terminal_of_its_own_too,
        a_program_cannot_read_what_is_typed_by_files_of_its_inner_init,
        dev_console_is_not_the_callers_terminal,
        a_quiet_program_on_it_wakes_nobody,
        NULL};
    TCase *tcase = case_of("new_session", tests);

    tcase_add_checked_fixture(tcase, NULL, restore_switch);
    tcase_add_loop_test(tcase, elsewhere_it_has_nsinits_own, 0, sizeof without / sizeof without[0]);
    tcase_add_loop_test(tcase, under_the_names_of_the_peers_it_has_nsinits_own, 0, 3);
    tcase_add_loop_test(tcase, each_key_arrives_once, 0, WAY_COUNT);
    tcase_add_loop_test(tcase, a_window_change_arrives_once, 0, WAY_COUNT);
    tcase_add_loop_test(tcase, stop_key_and_fg_work_under_a_shell, 0, WAY_COUNT);
    tcase_add_loop_test(tcase, stop_key_and_fg_work_for_a_pipeline, 0, WAY_COUNT);
    tcase_add_loop_test(tcase, a_shell_inside_has_job_control, 0, WAY_COUNT);
    tcase_add_loop_test(tcase, stop_key_as_pid_1_leaves_a_terminal_that_answers, 0, WAY_COUNT);
    tcase_add_loop_test(tcase, stop_key_without_a_shell_leaves_a_terminal_that_answers, 0,
                        WAY_COUNT);
    tcase_add_loop_test(tcase, the_last_output_is_not_lost, 0, WAY_COUNT);
    tcase_add_loop_test(tcase, a_hang_up_reaches_the_program, 0, WAY_COUNT);
    tcase_add_loop_test(tcase, the_terminal_is_restored_when_a_signal_ends_it, 0,
                        sizeof deadly / sizeof deadly[0]);
    add_test(tcase, a_program_cannot_type_into_the_callers_shell, 0, 1);
    add_test(tcase, a_service_of_a_pod_cannot_type_into_the_callers_shell, 0, 1);
    add_test(tcase, services_of_a_pod_have_terminals_of_their_own_without_keys, 0, 1);
    return tcase;
}
