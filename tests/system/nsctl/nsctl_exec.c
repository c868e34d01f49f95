/*
 * nsctl_exec.c - nsctl exec, against a nsinit that a child of the test plays
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "system/fake_nsinit.h"
#include "system/system.h"

#define CONTROL_C "\x03"
#define CONTROL_D "\x04"

/* What nsctl is told to run is not looked at: the fake runs the command of the test. */
#define EXEC COMMAND(nsinit_called("nsctl"), "exec", "web", "--", "it")

static void start_with(struct process *process, struct fake *fake, const char *const *command,
                       void (*prepare)(void *argument))
{
    fake_start(fake, fake_executes, &(struct execution){"exec web -- it\n", command});
    process_start(process, &(struct process_options){.arguments = EXEC, .prepare = prepare});
}

static void start(struct process *process, struct fake *fake, const char *const *command)
{
    start_with(process, fake, command, NULL);
}

static void on_terminal_with(struct process *process, struct fake *fake, const char *const *command,
                             void (*prepare)(void *argument))
{
    fake_start(fake, fake_executes, &(struct execution){"exec web pty -- it\n", command});
    process_start(process, &(struct process_options){
                               .arguments = EXEC, .terminal = true, .prepare = prepare});
}

static void on_terminal(struct process *process, struct fake *fake, const char *const *command)
{
    on_terminal_with(process, fake, command, NULL);
}

START_TEST(without_a_terminal_the_command_has_nsctls_own_files)
{
    struct process process;
    struct fake fake;

    start(&process, &fake, COMMAND("sh", "-c", "read x; echo \"out $x\"; echo err >&2; exit 5"));
    process_type(&process, "hello\n");
    ck_assert_int_eq(process_wait(&process), 5);
    ck_assert_str_eq(process.output.text, "out hello\n");
    ck_assert_str_eq(process.errors.text, "err\n");
}
END_TEST

START_TEST(the_end_of_stdin_arrives)
{
    struct process process;
    struct fake fake;

    start(&process, &fake, COMMAND("cat"));
    process_type(&process, "hello");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_str_eq(process.output.text, "hello");
}
END_TEST

START_TEST(behind_the_service_all_is_the_commands)
{
    struct process process;
    struct fake fake;
    const struct exchange exchanges[] = {{"exec web -- ls --json -- -h\n", "error 1 read\n"},
                                         {"exec web -- --json\n", "error 1 read\n"},
                                         {"exec web -- -- x\n", "error 1 read\n"},
                                         {NULL, NULL}};

    fake_start(&fake, fake_answers, exchanges);
    ck_assert_int_eq(process_run(&process,
                                 &(struct process_options){
                                     .arguments = COMMAND(nsinit_called("nsctl"), "exec", "web",
                                                          "ls", "--json", "--", "-h")}),
                     1);
    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){.arguments = COMMAND(nsinit_called("nsctl"), "exec",
                                                                   "web", "--", "--json")}),
        1);
    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){.arguments = COMMAND(nsinit_called("nsctl"), "exec",
                                                                   "web", "--", "--", "x")}),
        1);
}
END_TEST

START_TEST(signals_to_nsctl_reach_the_command)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
    struct process process;
    struct fake fake;
    char expected[20];

    start(&process, &fake, COMMAND(PROBE, "signals", "6"));
    process_expect(&process, "ready");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        process_signal(&process, numbers[i]);
        snprintf(expected, sizeof expected, "got %d code", numbers[i]);
        process_expect(&process, expected);
    }
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

static void ignore_hangup(void *argument)
{
    (void)argument;
    signal(SIGHUP, SIG_IGN);
}

START_TEST(a_signal_that_nsctl_was_told_to_ignore_does_not_reach_the_command)
{
    struct process process;
    struct fake fake;

    start_with(&process, &fake, COMMAND(PROBE, "signals", "1"), ignore_hangup);
    process_expect(&process, "ready");
    process_signal(&process, SIGHUP);
    process_signal(&process, SIGUSR1);
    process_expect(&process, "got 10 code");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_lacks(process.output.text, "got 1 code");
}
END_TEST

START_TEST(a_command_that_died_of_a_signal_has_that_code)
{
    struct process process;
    struct fake fake;

    start(&process, &fake, COMMAND("sh", "-c", "kill -KILL $$"));
    ck_assert_int_eq(process_wait(&process), 137);
}
END_TEST

START_TEST(a_command_that_cannot_be_run_is_told_with_nsinits_code)
{
    const struct exchange exchanges[] = {
        {"exec web -- it\n", "error 127 web: exec it: not found\n"}, {NULL, NULL}};
    struct process process;
    struct fake fake;

    fake_start(&fake, fake_answers, exchanges);
    ck_assert_int_eq(process_run(&process, &(struct process_options){.arguments = EXEC}), 127);
    ck_assert_str_eq(process.errors.text, "nsctl: web: exec it: not found\n");
}
END_TEST

START_TEST(a_closed_stdin_is_closed_for_the_command_too)
{
    struct process process;
    struct fake fake;
    char path[200];
    char script[300];
    FILE *file;
    char text[100] = "";

    snprintf(path, sizeof path, "%s/written", test_directory());
    snprintf(script, sizeof script, "{ read x || echo nothing; } 2>/dev/null >%s", path);
    fake_start(&fake, fake_executes,
               &(struct execution){"exec web -- it\n", COMMAND("sh", "-c", script)});
    process_start(&process, &(struct process_options){.arguments = EXEC, .close_stdio = true});
    ck_assert_int_eq(process_wait(&process), 0);
    file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    ck_assert_str_eq(text, "nothing\n");
    fclose(file);
}
END_TEST

START_TEST(a_terminal_is_the_commands_own_and_has_nsctls_size)
{
    struct process process;
    struct fake fake;

    on_terminal(&process, &fake,
                COMMAND("sh", "-c",
                        "test -t 0 && test -t 1 && test -t 2 && stty size && stty size </dev/tty; "
                        "exit 6"));
    ck_assert_int_eq(process_wait(&process), 6);
    ck_assert_str_eq(process.output.text, "24 80\r\n24 80\r\n");
}
END_TEST

START_TEST(a_window_change_arrives)
{
    struct winsize size = {.ws_row = 50, .ws_col = 132};
    struct process process;
    struct fake fake;

    on_terminal(&process, &fake, COMMAND("sh", "-c", "\"$0\" signals 1 && exec stty size", PROBE));
    process_expect(&process, "ready");
    ck_assert_int_eq(ioctl(process.input, TIOCSWINSZ, &size), 0);
    process_expect(&process, "got 28 code");
    process_expect(&process, "50 132");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(keys_reach_the_command_and_not_nsctl)
{
    struct process process;
    struct fake fake;

    on_terminal(&process, &fake, COMMAND(PROBE, "signals", "1"));
    process_expect(&process, "ready");
    process_type(&process, CONTROL_C);
    process_expect(&process, "got 2 code");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(typed_text_is_echoed_once_and_read)
{
    struct process process;
    struct fake fake;

    on_terminal(&process, &fake, COMMAND("sh", "-c", "echo ready; exec cat"));
    process_expect(&process, "ready");
    process_type(&process, "hello\r");
    process_expect(&process, "hello\r\nhello\r\n");
    process_type(&process, CONTROL_D);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "hello"), 2);
}
END_TEST

START_TEST(the_last_output_is_not_lost)
{
    struct process process;
    struct fake fake;

    on_terminal(&process, &fake, COMMAND("seq", "1", "30000"));
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "\r\n"), 30000);
    ck_assert_contains(process.output.text, "29999\r\n30000\r\n");
}
END_TEST

/* It is all there, more than one read takes, and the end is known, before nsctl looks. */
START_TEST(output_written_while_nsctl_could_not_read_is_not_lost)
{
    struct process process;
    struct fake fake;
    char script[300];
    char path[220];

    snprintf(path, sizeof path, "%s/go", test_directory());
    snprintf(script, sizeof script, "echo ready; until [ -e %s ]; do :; done; seq 1 1200", path);
    on_terminal(&process, &fake, COMMAND("sh", "-c", script));
    process_expect(&process, "ready");
    process_signal(&process, SIGSTOP);
    ck_assert_int_eq(close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
    fake_expect(&fake, "ended");
    process_signal(&process, SIGCONT);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "\r\n1199\r\n1200\r\n");
}
END_TEST

/* It would never be the last then. */
START_TEST(a_process_left_behind_that_goes_on_writing_does_not_hold_nsctl)
{
    struct process process;
    struct fake fake;

    on_terminal(&process, &fake,
                COMMAND("sh", "-c", "trap '' HUP; for i in 1 2 3; do yes & done; exit 3"));
    ck_assert_int_eq(process_wait(&process), 3);
}
END_TEST

static void ck_assert_same_modes(int terminal, const struct termios *expected)
{
    struct termios modes;

    ck_assert_int_eq(tcgetattr(terminal, &modes), 0);
    ck_assert_uint_eq(modes.c_lflag, expected->c_lflag);
    ck_assert_uint_eq(modes.c_iflag, expected->c_iflag);
    ck_assert_uint_eq(modes.c_oflag, expected->c_oflag);
}

/* A session on a terminal, which is raw now; a hold on that, and its modes before. */
struct raw {
    struct process process;
    struct fake fake;
    struct termios before;
    int terminal;
};

static void wait_at_start(void *argument)
{
    char byte;

    (void)argument;
    (void)!read(STDIN_FILENO, &byte, 1);
}

static void start_raw(struct raw *raw, const char *script)
{
    struct termios now;

    on_terminal_with(&raw->process, &raw->fake, COMMAND("sh", "-c", script), wait_at_start);
    raw->terminal = fcntl(raw->process.terminal, F_DUPFD_CLOEXEC, 0);
    ck_assert_int_eq(tcgetattr(raw->terminal, &raw->before), 0);
    ck_assert_uint_ne(raw->before.c_lflag & ECHO, 0);
    process_type(&raw->process, "\n");
    process_expect(&raw->process, "begun");
    ck_assert_int_eq(tcgetattr(raw->terminal, &now), 0);
    ck_assert_uint_eq(now.c_lflag & (ECHO | ICANON | ISIG), 0);
}

static bool has_ended(void *argument)
{
    return process_has_ended(argument);
}

/* Its terminal must not be let go of before it was looked at. */
static void ck_assert_ends_restored(struct raw *raw, int exit_code)
{
    int terminal = fcntl(raw->terminal, F_DUPFD_CLOEXEC, 0);

    ck_assert_int_ge(terminal, 0);
    /* process_wait reads to the end of the terminal, which comes when nobody holds it. */
    wait_until(has_ended, &raw->process, "the end of nsctl");
    ck_assert_same_modes(terminal, &raw->before);
    close(terminal);
    close(raw->terminal);
    ck_assert_int_eq(process_wait(&raw->process), exit_code);
}

START_TEST(the_terminal_is_restored_at_the_end)
{
    struct raw raw;

    start_raw(&raw, "echo begun; read x; exit 4");
    process_type(&raw.process, "\r");
    ck_assert_ends_restored(&raw, 4);
}
END_TEST

static const int deadly[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGALRM};

START_TEST(the_terminal_is_restored_when_a_signal_ends_nsctl_and_nsinit_learns_of_it)
{
    struct raw raw;

    start_raw(&raw, "trap '' HUP; echo begun; exec sleep 1000");
    process_signal(&raw.process, deadly[_i]);
    fake_expect(&raw.fake, "hung up");
    ck_assert_ends_restored(&raw, 128 + deadly[_i]);
}
END_TEST

static void play_hang_up(int listener, const void *argument)
{
    (void)fake_accept(listener, "exec web pty -- it\n");
    (void)argument;
}

static void play_refusal(int listener, const void *argument)
{
    int connection = fake_accept(listener, "exec web pty -- it\n");

    (void)argument;
    fake_say(connection, "error 126 web: not executable\n");
}

static void ck_assert_restored_after(void (*play)(int, const void *), int exit_code,
                                     const char *error)
{
    struct raw raw;

    fake_start(&raw.fake, play, NULL);
    process_start(&raw.process, &(struct process_options){
                                    .arguments = EXEC, .terminal = true, .prepare = wait_at_start});
    raw.terminal = fcntl(raw.process.terminal, F_DUPFD_CLOEXEC, 0);
    ck_assert_int_eq(tcgetattr(raw.terminal, &raw.before), 0);
    process_type(&raw.process, "\n");
    process_expect(&raw.process, error);
    ck_assert_ends_restored(&raw, exit_code);
}

/* The error is printed behind that: its line ends as lines on a terminal do. */
START_TEST(the_terminal_is_restored_when_nsinit_refuses_or_hangs_up)
{
    ck_assert_restored_after(play_hang_up, 125,
                             "nsctl: answer: nsinit has closed the connection before its end\r\n");
    ck_assert_restored_after(play_refusal, 126, "nsctl: web: not executable\r\n");
}
END_TEST

/* A shell that has job control gives the terminal its own modes meanwhile. */
START_TEST(after_a_stop_from_outside_the_terminal_is_raw_again)
{
    struct termios now;
    struct raw raw;

    start_raw(&raw, "echo begun; read x; echo \"got $x\"");
    process_signal(&raw.process, SIGSTOP);
    ck_assert_int_eq(tcsetattr(raw.terminal, TCSANOW, &raw.before), 0);
    process_signal(&raw.process, SIGCONT);
    do
        ck_assert_int_eq(tcgetattr(raw.terminal, &now), 0);
    while ((now.c_lflag & ECHO) != 0);
    process_type(&raw.process, "again\r");
    process_expect(&raw.process, "got again");
    ck_assert_ends_restored(&raw, 0);
}
END_TEST

static void ck_assert_ends_with_its_terminal(void (*prepare)(void *argument))
{
    struct process process;
    struct fake fake;

    on_terminal_with(&process, &fake,
                     COMMAND("sh", "-c", "trap '' HUP; echo ready; exec sleep 1000"), prepare);
    process_expect(&process, "ready");
    close(process.terminal);
    process.terminal = -1;
    process_close_input(&process);
    process.output.fd = -1;
    fake_expect(&fake, "hung up");
    ck_assert_int_eq(process_wait(&process), 128 + SIGHUP);
}

START_TEST(a_terminal_that_hangs_up_ends_nsctl_and_nsinit_learns_of_it)
{
    ck_assert_ends_with_its_terminal(NULL);
}
END_TEST

START_TEST(a_terminal_that_hangs_up_ends_nsctl_that_ignores_the_signal_too)
{
    ck_assert_ends_with_its_terminal(ignore_hangup);
}
END_TEST

static char redirected[300];

static void redirect_output(void *argument)
{
    (void)argument;
    if (dup2(open(redirected, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600), STDOUT_FILENO) < 0)
        _exit(90);
}

static void redirect_errors(void *argument)
{
    (void)argument;
    if (dup2(open(redirected, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600), STDERR_FILENO) < 0)
        _exit(90);
}

static void ck_assert_redirected(const char *expected)
{
    char text[200] = "";
    int fd = open(redirected, O_RDONLY | O_CLOEXEC);

    ck_assert_int_ge(read(fd, text, sizeof text - 1), 0);
    ck_assert_str_eq(text, expected);
    close(fd);
}

START_TEST(output_to_a_file_goes_there_without_a_terminal_in_between)
{
    struct process process;
    struct fake fake;

    snprintf(redirected, sizeof redirected, "%s/output", test_directory());
    on_terminal_with(&process, &fake, COMMAND("sh", "-c", "echo out; echo err >&2"),
                     redirect_output);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_redirected("out\n");
    ck_assert_str_eq(process.output.text, "err\r\n");
}
END_TEST

START_TEST(errors_to_a_file_go_there_and_the_rest_is_on_a_terminal)
{
    struct process process;
    struct fake fake;

    snprintf(redirected, sizeof redirected, "%s/errors", test_directory());
    on_terminal_with(&process, &fake,
                     COMMAND("sh", "-c", "test -t 0 && test -t 1 && echo out; echo err >&2"),
                     redirect_errors);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_redirected("err\n");
    ck_assert_str_eq(process.output.text, "out\r\n");
}
END_TEST

static void redirect_input(void *argument)
{
    (void)argument;
    if (dup2(open(redirected, O_RDONLY | O_CLOEXEC), STDIN_FILENO) < 0)
        _exit(90);
}

START_TEST(input_from_a_file_is_read_and_the_rest_is_on_a_terminal)
{
    struct process process;
    struct fake fake;
    int fd;

    snprintf(redirected, sizeof redirected, "%s/input", test_directory());
    fd = open(redirected, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    ck_assert_int_eq(write(fd, "from file\n", 10), 10);
    close(fd);
    on_terminal_with(&process, &fake,
                     COMMAND("sh", "-c",
                             "cat; test -t 1 && test -t 2 && stty size </dev/tty; "
                             "read x </dev/tty; echo \"got $x\""),
                     redirect_input);
    process_expect(&process, "from file\r\n24 80\r\n");
    process_type(&process, "key\r");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "got key\r\n");
}
END_TEST

/* Which terminals the command has, where some of its files are none. */
static void ck_assert_has_another_terminal(void (*prepare)(void *argument))
{
    struct process process;
    struct fake fake;
    char own[40];

    snprintf(redirected, sizeof redirected, "%s/file", test_directory());
    close(open(redirected, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
    on_terminal_with(&process, &fake,
                     COMMAND("sh", "-c", "readlink /proc/self/fd/[012] >/dev/tty; echo over"),
                     prepare);
    ck_assert_int_eq(ttyname_r(process.terminal, own, sizeof own), 0);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "/dev/pts/");
    ck_assert_lacks(process.output.text, own);
}

START_TEST(nsctls_own_terminal_is_never_the_commands)
{
    ck_assert_has_another_terminal(redirect_input);
    ck_assert_has_another_terminal(redirect_output);
    ck_assert_has_another_terminal(redirect_errors);
    ck_assert_has_another_terminal(NULL);
}
END_TEST

START_TEST(where_output_is_redirected_lines_and_keys_go_through)
{
    struct process process;
    struct fake fake;
    struct termios modes;

    snprintf(redirected, sizeof redirected, "%s/output", test_directory());
    on_terminal_with(&process, &fake,
                     COMMAND("sh", "-c",
                             "echo begun >&2; cat; trap : INT; \"$0\" signals 1 >&2; echo over",
                             PROBE),
                     redirect_output);
    process_expect(&process, "begun\r\n");
    ck_assert_int_eq(tcgetattr(process.terminal, &modes), 0);
    ck_assert_uint_ne(modes.c_lflag & ICANON, 0);
    process_type(&process, "hello\n" CONTROL_D);
    process_expect(&process, "ready\r\n");
    process_type(&process, CONTROL_C);
    process_expect(&process, "got 2 code");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_redirected("hello\nover\n");
    ck_assert_int_eq(count_of(process.output.text, "hello"), 1);
}
END_TEST

/* The test plays one: it makes the terminal pass on each key, and reads it. */
START_TEST(where_output_is_redirected_a_pager_has_its_keys)
{
    struct process process;
    struct fake fake;
    struct termios modes;
    char keys[3] = "";

    snprintf(redirected, sizeof redirected, "%s/output", test_directory());
    on_terminal_with(&process, &fake, COMMAND("sh", "-c", "echo begun >&2; exec cat"),
                     redirect_output);
    process_expect(&process, "begun\r\n");
    ck_assert_int_eq(tcgetattr(process.terminal, &modes), 0);
    modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    ck_assert_int_eq(tcsetattr(process.terminal, TCSANOW, &modes), 0);
    for (int i = 0; i < 2; i++) {
        process_type(&process, i == 0 ? "q" : "w");
        ck_assert_int_eq(read(process.terminal, keys + i, 1), 1);
    }
    ck_assert_str_eq(keys, "qw");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 143);
}
END_TEST

/* An image without /dev/pts, as one FROM scratch under nsinit is. */
START_TEST(without_pseudo_terminals_it_says_so_and_goes_on_without)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, fake_executes,
               &(struct execution){"exec web -- it\n", COMMAND("sh", "-c", "echo out; exit 3")});
    process_start(&process,
                  &(struct process_options){.arguments = COMMAND("sh", "-c",
                                                                 "mount -t tmpfs none /dev && "
                                                                 "exec \"$0\" exec web it",
                                                                 nsinit_called("nsctl")),
                                            .place = PLACE_FIRST,
                                            .terminal = true});
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text,
                       "nsctl: no pseudo-terminal for the command: No such file or directory\r\n");
    ck_assert_contains(process.output.text, "out\r\n");
}
END_TEST

TCase *nsctl_exec_case(void)
{
    const TTest *const tests[] = {without_a_terminal_the_command_has_nsctls_own_files,
                                  input_from_a_file_is_read_and_the_rest_is_on_a_terminal,
                                  nsctls_own_terminal_is_never_the_commands,
                                  where_output_is_redirected_lines_and_keys_go_through,
                                  where_output_is_redirected_a_pager_has_its_keys,
                                  the_end_of_stdin_arrives,
                                  behind_the_service_all_is_the_commands,
                                  signals_to_nsctl_reach_the_command,
                                  a_signal_that_nsctl_was_told_to_ignore_does_not_reach_the_command,
                                  a_command_that_died_of_a_signal_has_that_code,
                                  a_command_that_cannot_be_run_is_told_with_nsinits_code,
                                  a_closed_stdin_is_closed_for_the_command_too,
                                  a_terminal_is_the_commands_own_and_has_nsctls_size,
                                  a_window_change_arrives,
                                  keys_reach_the_command_and_not_nsctl,
                                  typed_text_is_echoed_once_and_read,
                                  the_last_output_is_not_lost,
                                  output_written_while_nsctl_could_not_read_is_not_lost,
                                  a_process_left_behind_that_goes_on_writing_does_not_hold_nsctl,
                                  the_terminal_is_restored_at_the_end,
                                  the_terminal_is_restored_when_nsinit_refuses_or_hangs_up,
                                  after_a_stop_from_outside_the_terminal_is_raw_again,
                                  a_terminal_that_hangs_up_ends_nsctl_and_nsinit_learns_of_it,
                                  a_terminal_that_hangs_up_ends_nsctl_that_ignores_the_signal_too,
                                  output_to_a_file_goes_there_without_a_terminal_in_between,
                                  errors_to_a_file_go_there_and_the_rest_is_on_a_terminal,
                                  without_pseudo_terminals_it_says_so_and_goes_on_without,
                                  NULL};
    TCase *tcase = case_of("nsctl_exec", tests);

    tcase_add_loop_test(tcase,
                        the_terminal_is_restored_when_a_signal_ends_nsctl_and_nsinit_learns_of_it,
                        0, sizeof deadly / sizeof deadly[0]);
    return tcase;
}
