/*
 * output.c - the program's output, line by line with a prefix, or untouched
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "system/system.h"

static void run_shell(struct process *process, const char *how, const char *script, int code)
{
    ck_assert_int_eq(process_run(process, AS_FIRST(how, "--", "sh", "-c", script)), code);
}

START_TEST(each_line_of_stdout_and_stderr_gets_the_services_name)
{
    struct process process;

    run_shell(&process, "--log-prefix", "printf 'one\\n\\ntwo\\n'; echo three >&2; exit 4", 4);
    ck_assert_str_eq(process.output.text, "main | one\nmain | \nmain | two\n");
    ck_assert_str_eq(process.errors.text, "main | three\n");
}
END_TEST

START_TEST(the_time_is_as_rfc_3339_has_it)
{
    struct process process;
    int year;
    int day;
    double second;
    char rest[20] = "";

    run_shell(&process, "--log-prefix=time", "echo hello", 0);
    ck_assert_int_eq(sscanf(process.output.text, "%4d-%*2d-%2dT%*2d:%*2d:%6lfZ main | %19s", &year,
                            &day, &second, rest),
                     4);
    ck_assert_int_ge(year, 2025);
    ck_assert_str_eq(rest, "hello");
}
END_TEST

START_TEST(a_line_written_in_pieces_stays_whole)
{
    struct process process;

    run_shell(&process, "--log-prefix",
              "printf on; printf other >&2; printf e; printf '\\n' >&2; printf '\\nt'; printf wo",
              0);
    ck_assert_str_eq(process.output.text, "main | one\nmain | two\n");
    ck_assert_str_eq(process.errors.text, "main | other\n");
}
END_TEST

START_TEST(a_line_of_more_than_16_kib_is_split)
{
    struct process process;
    const char *second;

    run_shell(&process, "--log-prefix", "head -c 20000 /dev/zero | tr '\\0' x; echo; echo end", 0);
    second = strchr(process.output.text, '\n');
    ck_assert_int_eq(second - process.output.text, 16384 + 7);
    ck_assert_int_eq(strchr(second + 1, '\n') - second - 1, 20000 - 16384 + 7);
    ck_assert_contains(second, "x\nmain | end\n");
}
END_TEST

/* Each run has pipes of its own, so the halves of two runs do not become one line. */
START_TEST(an_unfinished_line_ends_with_its_run)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--log-prefix", "--restart", "on-failure:1",
                                                    "--restart-delay", "0", "--", "sh", "-c",
                                                    "printf half; exit 3")),
                     3);
    ck_assert_str_eq(process.output.text, "main | half\nmain | half\n");
}
END_TEST

START_TEST(nothing_of_a_flood_is_dropped_or_changes_places)
{
    enum { LINES = 200000 };
    struct process process;
    const char *at;
    int expected = 1;

    run_shell(&process, "--log-prefix", "seq 1 200000", 0);
    for (at = process.output.text; *at != '\0'; at = strchr(at, '\n') + 1, expected++) {
        /* Not by sscanf(3), which looks for the end of all of the text, each time. */
        ck_assert_int_eq(strncmp(at, "main | ", 7), 0);
        ck_assert_int_eq(atoi(at + 7), expected);
    }
    ck_assert_int_eq(expected, LINES + 1);
}
END_TEST

struct given {
    int fd;     /* becomes stdout */
    int errors; /* becomes stderr, or -1 */
};

static void place_given(void *argument)
{
    const struct given *given = argument;

    if (dup2(given->fd, STDOUT_FILENO) < 0 ||
        (given->errors >= 0 && dup2(given->errors, STDERR_FILENO) < 0))
        _exit(90);
}

static void start_with(struct process *process, struct given *given, const char *const *arguments)
{
    process_start(process, &(struct process_options){.arguments = arguments,
                                                     .place = PLACE_FIRST,
                                                     .prepare = place_given,
                                                     .argument = given});
}

static bool is_full(void *argument)
{
    const int *fd = argument;
    char byte = 0;
    int copy = fcntl(*fd, F_GETFL);
    bool full;

    (void)fcntl(*fd, F_SETFL, copy | O_NONBLOCK);
    full = write(*fd, &byte, 1) < 0;
    (void)fcntl(*fd, F_SETFL, copy);
    return full;
}

/* The program waits at its full pipe; nsinit does not, and obeys. */
START_TEST(a_reader_that_does_not_read_never_holds_up_nsinit)
{
    struct process process;
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    start_with(&process, &(struct given){ends[1], -1},
               NSINIT("-v", "--log-prefix", "--restart", "always", "--restart-delay", "0", "--",
                      "sh", "-c", "echo begun >&2; exec yes"));
    process_expect(&process, "main | begun");
    wait_until(is_full, &ends[1], "a full pipe");
    for (int i = 0; i < 3; i++) {
        process_signal(&process, SIGHUP);
        process_expect(&process, "restart");
        process_expect(&process, "main | begun");
    }
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

static void fill_pipe(int ends[2])
{
    char zeros[4096] = {0};

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    while (write(ends[1], zeros, sizeof zeros) > 0)
        ;
    (void)fcntl(ends[1], F_SETFL, 0);
}

START_TEST(a_log_that_is_full_from_the_start_does_not_hold_up_the_start)
{
    struct process process;
    char text[100000];
    ssize_t count;
    int ends[2];

    fill_pipe(ends);
    start_with(&process, &(struct given){ends[1], ends[1]},
               NSINIT("-vvvv", "--", "sh", "-c", "exit 3"));
    ck_assert_int_eq(process_wait(&process), 3);
    count = read(ends[0], text, sizeof text);
    ck_assert_int_gt(count, 0);
    ck_assert_ptr_null(memchr(text, 'n', (size_t)count));
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* In poll(2) or ppoll(2), as /proc tells it; or at its end. */
static bool waits_for_a_reader(void *argument)
{
    const struct process *process = argument;
    char path[64];
    int call = -1;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/syscall", process->pid);
    file = fopen(path, "re");
    if (file != NULL) {
        if (fscanf(file, "%d", &call) != 1)
            call = -1;
        fclose(file);
    }
#ifdef SYS_poll
    if (call == SYS_poll)
        return true;
#endif
    return call == SYS_ppoll || process_has_ended(process);
}

/* The rest of a pipe without zeros. */
static void read_words(int fd, char *text, size_t size)
{
    size_t length = 0;
    char byte;

    while (length + 1 < size && read(fd, &byte, 1) == 1)
        if (byte != '\0')
            text[length++] = byte;
    text[length] = '\0';
}

START_TEST(the_error_that_nsinit_ends_by_waits_for_a_slow_reader)
{
    struct process process;
    char text[1000];
    int ends[2];

    fill_pipe(ends);
    start_with(&process, &(struct given){ends[1], ends[1]}, NSINIT("-v", "--", "/no/such"));
    close(ends[1]);
    wait_until(waits_for_a_reader, &process, "nsinit to wait");
    (void)fcntl(ends[0], F_SETFL, 0);
    read_words(ends[0], text, sizeof text);
    ck_assert_contains(text, "/no/such");
    ck_assert_int_eq(process_wait(&process), 127);
    close(ends[0]);
}
END_TEST

START_TEST(the_error_that_nsinit_ends_by_does_not_wait_for_ever)
{
    struct process process;
    int ends[2];

    fill_pipe(ends);
    start_with(&process, &(struct given){ends[1], ends[1]}, NSINIT("-v", "--", "/no/such"));
    ck_assert_int_eq(process_wait(&process), 127);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(an_unread_log_never_holds_up_nsinit_and_dropped_lines_are_counted)
{
    enum { RESTARTS = 2000 };
    struct process process;
    char text[200000];
    size_t length = 0;
    ssize_t count;
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    start_with(&process, &(struct given){ends[1], ends[1]},
               NSINIT("-v", "--restart", "on-failure:2000", "--restart-delay", "0", "--", "false"));
    close(ends[1]);
    ck_assert_int_eq(process_wait(&process), 1);
    while ((count = read(ends[0], text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)count;
    text[length] = '\0';
    ck_assert_int_lt(count_of(text, "started false"), RESTARTS);
    close(ends[0]);
}
END_TEST

/* Whether nsinit has read the window change that the test has sent. */
static bool has_read_window_change(void *argument)
{
    const struct process *process = argument;
    unsigned long long pending = ~0ULL;
    char path[64];
    char line[200];
    FILE *status;

    snprintf(path, sizeof path, "/proc/%d/status", (int)process->pid);
    status = fopen(path, "r");
    ck_assert_ptr_nonnull(status);
    while (fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "ShdPnd: %llx", &pending) == 1)
            break;
    fclose(status);
    return (pending >> (SIGWINCH - 1) & 1) == 0;
}

/* A terminal is stopped as long by ^S, and for a moment by each write(2) of another process. */
START_TEST(a_line_that_a_stopped_terminal_does_not_take_comes_when_it_goes_on)
{
    struct process process;

    process_start(&process,
                  &(struct process_options){
                      .arguments = NSINIT("-vvv", "--", "sh", "-c", "echo ready; exec sleep 1000"),
                      .place = PLACE_FIRST,
                      .terminal = true});
    process_expect(&process, "ready");
    ck_assert_int_eq(tcflow(process.terminal, TCOOFF), 0);
    process_signal(&process, SIGWINCH);
    wait_until(has_read_window_change, &process, "nsinit to read the signal");
    ck_assert_int_eq(tcflow(process.terminal, TCOON), 0);
    process_expect(&process, "forwarded WINCH");
    process_drop(&process);
}
END_TEST

START_TEST(the_program_gets_sigpipe_when_the_reader_has_gone)
{
    struct process process;
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    start_with(&process, &(struct given){ends[1], -1}, NSINIT("--log-prefix", "--", "yes"));
    ck_assert_int_eq(process_wait(&process), 128 + SIGPIPE);
    close(ends[1]);
}
END_TEST

START_TEST(a_file_takes_the_lines_too)
{
    struct process process;
    char path[200];
    char text[100] = "";
    int fd;

    snprintf(path, sizeof path, "%s/lines", test_directory());
    fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    start_with(&process, &(struct given){fd, -1},
               NSINIT("--log-prefix", "--", "sh", "-c", "echo one; echo two"));
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_gt(pread(fd, text, sizeof text - 1, 0), 0);
    ck_assert_str_eq(text, "main | one\nmain | two\n");
    close(fd);
}
END_TEST

START_TEST(a_terminal_takes_the_lines_too)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = NSINIT("--log-prefix", "--",
                                                                            "seq", "1", "2000"),
                                                        .place = PLACE_SECOND,
                                                        .terminal = true}),
        0);
    ck_assert_contains(process.output.text, "main | 1\r\nmain | 2\r\n");
    ck_assert_contains(process.output.text, "main | 1999\r\nmain | 2000\r\n");
}
END_TEST

/* nginx in images logs to /dev/stdout, which opens the pipe anew. */
START_TEST(another_user_may_open_dev_stdout)
{
    struct process process;

    if (lacks_root("another_user_may_open_dev_stdout"))
        return;
    ck_assert_int_eq(process_run(&process, AS_FIRST("--log-prefix", "--user", "54321", "--", "sh",
                                                    "-c", "echo hello >/proc/self/fd/1")),
                     0);
    ck_assert_str_eq(process.output.text, "main | hello\n");
}
END_TEST

START_TEST(in_a_pid_namespace_of_its_own_it_is_the_same)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--log-prefix", "--unshare", "pid,mnt", "--",
                                                    "sh", "-c", "echo out; echo err >&2")),
                     0);
    ck_assert_str_eq(process.output.text, "main | out\n");
    ck_assert_str_eq(process.errors.text, "main | err\n");
}
END_TEST

START_TEST(without_the_option_there_is_no_pipe_in_between)
{
    struct process process;
    struct stat status;
    char expected[60];
    int ends[2];
    char text[100] = "";

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    ck_assert_int_eq(fstat(ends[1], &status), 0);
    snprintf(expected, sizeof expected, "pipe:[%lu]\n", (unsigned long)status.st_ino);
    start_with(&process, &(struct given){ends[1], -1}, NSINIT("--", "readlink", "/proc/self/fd/1"));
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_gt(read(ends[0], text, sizeof text - 1), 0);
    ck_assert_str_eq(text, expected);
}
END_TEST

START_TEST(many_services_need_no_higher_limit_of_open_files)
{
    static char pod[32 * 1024] = "[pod]\ncontrol = no\n";
    struct process process;
    size_t length = strlen(pod);

    for (int i = 0; i < 200; i++)
        length += (size_t)snprintf(pod + length, sizeof pod - length,
                                   "[service s%d]\nlog-prefix = yes\nunshare = uts\nstop = KILL\n"
                                   "ready-fd = 3\n"
                                   "command = sh -c 'ulimit -n; echo >&3; exec sleep 1000'\n",
                                   i);
    length += (size_t)snprintf(pod + length, sizeof pod - length,
                               "[service last]\nessential = yes\ncommand = true\nafter = s0");
    for (int i = 1; i < 200; i++)
        length += (size_t)snprintf(pod + length, sizeof pod - length, ",s%d", i);
    ck_assert_int_eq(process_run(&process,
                                 &(struct process_options){
                                     .arguments = COMMAND(
                                         "sh", "-c", "ulimit -Sn 256; exec \"$0\" -s --pod \"$1\"",
                                         nsinit_path(), pod_file("%s", pod)),
                                     .place = PLACE_SECOND}),
                     0);
    ck_assert_int_eq(count_of(process.output.text, "| 256\n"), 200);
    ck_assert_int_eq(count_of(process.errors.text, "Too many open files"), 0);
}
END_TEST

TCase *output_case(void)
{
    const TTest *const tests[] = {
        each_line_of_stdout_and_stderr_gets_the_services_name,
        the_time_is_as_rfc_3339_has_it,
        a_line_written_in_pieces_stays_whole,
        a_line_of_more_than_16_kib_is_split,
        an_unfinished_line_ends_with_its_run,
        nothing_of_a_flood_is_dropped_or_changes_places,
        a_reader_that_does_not_read_never_holds_up_nsinit,
        an_unread_log_never_holds_up_nsinit_and_dropped_lines_are_counted,
        a_log_that_is_full_from_the_start_does_not_hold_up_the_start,
        the_error_that_nsinit_ends_by_waits_for_a_slow_reader,
        the_error_that_nsinit_ends_by_does_not_wait_for_ever,
        a_line_that_a_stopped_terminal_does_not_take_comes_when_it_goes_on,
        the_program_gets_sigpipe_when_the_reader_has_gone,
        a_file_takes_the_lines_too,
        a_terminal_takes_the_lines_too,
        another_user_may_open_dev_stdout,
        in_a_pid_namespace_of_its_own_it_is_the_same,
        without_the_option_there_is_no_pipe_in_between,
        many_services_need_no_higher_limit_of_open_files,
        NULL};

    return case_of("output", tests);
}
