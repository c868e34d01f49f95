/*
 * log_formats.c - lines that reach the log whole, and the formats they have there
 */
#include <ctype.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/system.h"

static int run_shell(struct process *process, const char *how, const char *script)
{
    return process_run(process, AS_FIRST(how, "--", "sh", "-c", script));
}

/* Each line with its time cut off, which has to be there. The caller keeps the string. */
static const char *without_times(const char *text, const char *before)
{
    static char rest[100000];
    size_t length = 0;

    for (const char *line = text; *line != '\0';) {
        const char *end = strchr(line, '\n');
        const char *time = line + strlen(before);

        ck_assert_ptr_nonnull(end);
        ck_assert_msg(strncmp(line, before, strlen(before)) == 0 && isdigit((unsigned char)*time) &&
                          time[10] == 'T' && time[23] == 'Z',
                      "<<%.100s>>", line);
        length += (size_t)snprintf(rest + length, sizeof rest - length, "%.*s",
                                   (int)(end + 1 - (time + 24)), time + 24);
        line = end + 1;
    }
    rest[length] = '\0';
    return rest;
}

/* ---- whole lines ----------------------------------------------------------------------------- */

/* As many lines of 'a' on stdout as of 'b' on stderr, at the same time, each of 9000 bytes. */
#define WRITE_BOTH                                   \
    "a=$(head -c 9000 /dev/zero | tr '\\0' a)\n"     \
    "b=$(head -c 9000 /dev/zero | tr '\\0' b)\n"     \
    "all='1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16'\n" \
    "for i in $all; do echo $a; done &\n"            \
    "for i in $all; do echo $b; done >&2 &\n"        \
    "wait"

enum { WRITTEN = 16, LONG = 9000 };

/* Of all lines those with this prefix that are nothing but `letter`, 9000 times. */
static int count_long(const char *text, const char *prefix, const char *letter)
{
    int count = 0;

    for (const char *at = text; (at = strstr(at, prefix)) != NULL;) {
        at += strlen(prefix);
        count += strspn(at, letter) == LONG && isspace((unsigned char)at[LONG]);
    }
    return count;
}

struct pipe_end {
    int fd;
};

static void place_pipe(void *argument)
{
    const struct pipe_end *end = argument;

    if (dup2(end->fd, STDOUT_FILENO) < 0 || dup2(end->fd, STDERR_FILENO) < 0)
        _exit(90);
}

static bool is_full(void *argument)
{
    const struct pipe_end *end = argument;
    struct pollfd room = {.fd = end->fd, .events = POLLOUT};

    return poll(&room, 1, 0) == 0;
}

/* nsinit with one pipe for its stdout and stderr. */
static void start_with_pipe(struct process *process, int ends[2], const char *const *arguments)
{
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    process_start(process, &(struct process_options){.arguments = arguments,
                                                     .place = PLACE_FIRST,
                                                     .prepare = place_pipe,
                                                     .argument = &(struct pipe_end){ends[1]}});
}

/* A part of what is in the pipe. How much. */
static size_t read_some(int fd, char *text, size_t most)
{
    ssize_t count = read(fd, text, most);

    ck_assert_int_ge(count, 0);
    text[count] = '\0';
    return (size_t)count;
}

START_TEST(stdout_and_stderr_in_one_pipe_tear_no_line)
{
    static char text[1000000];
    struct process process;
    size_t length = 0;
    size_t count;
    int ends[2];

    start_with_pipe(&process, ends, NSINIT("--log-prefix", "--", "sh", "-c", WRITE_BOTH));
    wait_until(is_full, &(struct pipe_end){ends[1]}, "a full pipe");
    close(ends[1]);
    while ((count = read_some(ends[0], text + length, 700)) > 0)
        length += count;
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_long(text, "main | ", "a"), WRITTEN);
    ck_assert_int_eq(count_long(text, "main | ", "b"), WRITTEN);
    ck_assert_uint_eq(length, WRITTEN * 2 * (strlen("main | \n") + LONG));
    close(ends[0]);
}
END_TEST

START_TEST(stdout_and_stderr_on_one_terminal_tear_no_line)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, &(struct process_options){.arguments = NSINIT(
                                                                         "-s", "--log-prefix", "--",
                                                                         "sh", "-c", WRITE_BOTH),
                                                                     .place = PLACE_SECOND,
                                                                     .terminal = true}),
                     0);
    ck_assert_int_eq(count_long(process.output.text, "main | ", "a"), WRITTEN);
    ck_assert_int_eq(count_long(process.output.text, "main | ", "b"), WRITTEN);
}
END_TEST

/* The signal is there before the room is: so nsinit has its own line to write first. */
START_TEST(a_line_of_nsinits_own_never_lands_inside_another)
{
    enum { ROUNDS = 5 };
    static char text[1000000];
    struct process process;
    size_t length = 0;
    size_t count;
    int ends[2];

    start_with_pipe(&process, ends,
                    NSINIT("-vv", "--log-prefix", "--", "sh", "-c",
                           "trap '' HUP; a=$(head -c 9000 /dev/zero | tr '\\0' a)\n"
                           "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do echo $a; done"));
    for (int i = 0; i < ROUNDS; i++) {
        wait_until(is_full, &(struct pipe_end){ends[1]}, "a full pipe");
        process_signal(&process, SIGSTOP);
        process_signal(&process, SIGHUP);
        length += read_some(ends[0], text + length, 12000);
        process_signal(&process, SIGCONT);
    }
    close(ends[1]);
    while ((count = read_some(ends[0], text + length, 12000)) > 0)
        length += count;
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_long(text, "\nmain | ", "a"), WRITTEN);
    ck_assert_int_gt(count_of(text, "\nnsinit: main: forwarded HUP\n"), 0);
    close(ends[0]);
}
END_TEST

START_TEST(an_event_never_lands_inside_a_line)
{
    static char text[4000000];
    struct process process;
    size_t length = 0;
    size_t count;
    int ends[2];

    start_with_pipe(
        &process, ends,
        NSINIT("-s", "--control", "no", "--report", "fd:1", "--pod",
               pod_file("[service writes]\nlog-prefix = yes\nessential = yes\n"
                        "command = sh -c \"a=$(head -c 9000 /dev/zero | tr '\\\\0' a); "
                        "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do echo $a; done\"\n"
                        "[service again]\ncommand = true\nrestart = always\n"
                        "restart-delay = 1ms..1ms\n")));
    wait_until(is_full, &(struct pipe_end){ends[1]}, "a full pipe");
    close(ends[1]);
    while ((count = read_some(ends[0], text + length, 700)) > 0)
        length += count;
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_long(text, "writes | ", "a"), WRITTEN);
    ck_assert_int_eq(count_of(text, "\n{\"event\":") + 1, count_of(text, "{\"event\":"));
    ck_assert_int_eq(count_of(text, "}\n"), count_of(text, "{\"event\":"));
    close(ends[0]);
}
END_TEST

START_TEST(a_line_of_exactly_16_kib_is_followed_by_no_empty_one)
{
    struct process process;
    const char *second;

    ck_assert_int_eq(
        run_shell(&process, "--log-prefix", "head -c 16384 /dev/zero | tr '\\0' x; echo; echo end"),
        0);
    second = strchr(process.output.text, '\n');
    ck_assert_int_eq(second - process.output.text, 16384 + 7);
    ck_assert_str_eq(second, "\nmain | end\n");
    ck_assert_int_eq(run_shell(&process, "--log-prefix", "head -c 16384 /dev/zero | tr '\\0' x"),
                     0);
    ck_assert_uint_eq(strlen(process.output.text), 16384 + 8);
}
END_TEST

/* ---- formats --------------------------------------------------------------------------------- */

START_TEST(nsinits_own_lines_have_the_time_where_the_programs_have_it)
{
    static const char *const ways[] = {"--log-prefix=time", "--log-format=time"};
    struct process process;
    const char *text;

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        ck_assert_int_eq(process_run(&process, AS_FIRST("-v", ways[i], "--", "sh", "-c",
                                                        "echo hello; echo error >&2; exit 3")),
                         3);
        ck_assert_str_eq(without_times(process.output.text, ""), " main | hello\n");
        text = without_times(process.errors.text, "");
        ck_assert_contains(text, " main | error\n");
        ck_assert_contains(text, " nsinit: main: started sh");
        ck_assert_int_eq(process_run(&process, AS_FIRST(ways[i], "--", "/no/such")), 127);
        ck_assert_contains(without_times(process.errors.text, ""), " nsinit: main: ");
    }
}
END_TEST

START_TEST(json_is_an_object_a_line_with_time_service_stream_and_text)
{
    struct process process;

    ck_assert_int_eq(run_shell(&process, "--log-format=json",
                               "printf 'one \"two\"\\\\\\t\\n\\n'; printf 'three' >&2; exit 4"),
                     4);
    ck_assert_str_eq(
        without_times(process.output.text, "{\"time\":\""),
        "\",\"service\":\"main\",\"stream\":\"stdout\",\"text\":\"one \\\"two\\\"\\\\\\t\"}\n"
        "\",\"service\":\"main\",\"stream\":\"stdout\",\"text\":\"\"}\n");
    ck_assert_str_eq(without_times(process.errors.text, "{\"time\":\""),
                     "\",\"service\":\"main\",\"stream\":\"stderr\",\"text\":\"three\"}\n");
}
END_TEST

START_TEST(in_json_what_is_no_utf8_is_replaced_and_what_controls_is_escaped)
{
    struct process process;

    ck_assert_int_eq(run_shell(&process, "--log-format=json",
                               "printf 'a\\377b\\303\\244\\302\\n\\033[1m\\000c\\302\\205\\n'"),
                     0);
    ck_assert_contains(process.output.text, "\"text\":\"a\xEF\xBF\xBD"
                                            "b\xC3\xA4\xEF\xBF\xBD\"}\n");
    ck_assert_contains(process.output.text, "\"text\":\"\\u001b[1m\\u0000c\\u0085\"}\n");
}
END_TEST

/* 16383 bytes are before the first euro sign, which has three. */
START_TEST(in_json_a_split_leaves_characters_whole_and_the_longest_line_has_room)
{
    struct process process;
    const char *second;

    ck_assert_int_eq(run_shell(&process, "--log-format=json",
                               "head -c 16383 /dev/zero | tr '\\0' x; printf '\\342\\202\\254\\n'; "
                               "head -c 16384 /dev/zero; echo; echo end"),
                     0);
    second = strchr(process.output.text, '\n') + 1;
    ck_assert_int_eq(count_of(process.output.text, "\"text\":\""), 4);
    ck_assert_int_eq(strncmp(second - 4, "x\"}\n", 4), 0);
    ck_assert_contains(second, "\"text\":\"\xE2\x82\xAC\"}\n");
    ck_assert_int_eq(count_of(process.output.text, "\\u0000"), 16384);
    ck_assert_contains(second, "\"text\":\"end\"}\n");
}
END_TEST

START_TEST(in_json_nsinits_own_lines_are_objects_without_a_service)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("-v", "--log-format", "json", "--", "sh", "-c", "exit 3")),
        3);
    ck_assert_contains(without_times(process.errors.text, "{\"time\":\""),
                       "\",\"service\":null,\"stream\":\"stderr\",\"text\":\"main: started sh");
    ck_assert_int_eq(process_run(&process, AS_FIRST("--log-format=json", "--", "/no/such")), 127);
    ck_assert_contains(without_times(process.errors.text, "{\"time\":\""),
                       "\",\"service\":null,\"stream\":\"stderr\",\"text\":\"main: ");
}
END_TEST

/* The inner init's lines are the program's as seen from outside. */
START_TEST(in_json_lines_of_an_inner_init_are_objects_once)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("-vv", "--log-format=json", "--unshare",
                                                    "pid,mnt", "--", "sh", "-c", "exit 3")),
                     3);
    ck_assert_int_eq(count_of(process.errors.text, "{\"time\":"),
                     count_of(process.errors.text, "\n"));
    ck_assert_lacks(process.errors.text, "\\\"time\\\"");
    (void)without_times(process.errors.text, "{\"time\":\"");
}
END_TEST

START_TEST(a_format_takes_every_services_output_but_what_log_prefix_no_leaves_alone)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[pod]\nlog-format = json\n"
                                                  "[service a]\ncommand = echo one\n"
                                                  "[service b]\ncommand = echo two\nafter = a\n"
                                                  "log-prefix = no\n")),
                     0);
    ck_assert_contains(process.output.text,
                       "\"service\":\"a\",\"stream\":\"stdout\",\"text\":\"one\"}\n");
    ck_assert(strncmp(process.output.text, "two\n", 4) == 0 ||
              strstr(process.output.text, "\ntwo\n") != NULL);
    ck_assert_int_eq(count_of(process.output.text, "\n"), 2);
}
END_TEST

START_TEST(the_environment_chooses_the_format_and_plain_is_the_default)
{
    struct process process;

    ck_assert_int_eq(process_run(&process,
                                 &(struct process_options){
                                     .arguments = COMMAND("env", "NSINIT_LOG_FORMAT=json",
                                                          nsinit_path(), "--", "echo", "one"),
                                     .place = PLACE_FIRST}),
                     0);
    ck_assert_contains(process.output.text, "\"text\":\"one\"}\n");
    ck_assert_int_eq(run_shell(&process, "--log-format=plain", "echo one"), 0);
    ck_assert_str_eq(process.output.text, "one\n");
    ck_assert_int_eq(run_shell(&process, "--log-format=xml", "echo one"), 125);
    ck_assert_contains(process.errors.text,
                       "--log-format: unknown log format 'xml': use plain, time or json");
}
END_TEST

TCase *log_formats_case(void)
{
    const TTest *const tests[] = {
        stdout_and_stderr_in_one_pipe_tear_no_line,
        stdout_and_stderr_on_one_terminal_tear_no_line,
        a_line_of_nsinits_own_never_lands_inside_another,
        an_event_never_lands_inside_a_line,
        a_line_of_exactly_16_kib_is_followed_by_no_empty_one,
        nsinits_own_lines_have_the_time_where_the_programs_have_it,
        json_is_an_object_a_line_with_time_service_stream_and_text,
        in_json_what_is_no_utf8_is_replaced_and_what_controls_is_escaped,
        in_json_a_split_leaves_characters_whole_and_the_longest_line_has_room,
        in_json_nsinits_own_lines_are_objects_without_a_service,
        in_json_lines_of_an_inner_init_are_objects_once,
        a_format_takes_every_services_output_but_what_log_prefix_no_leaves_alone,
        the_environment_chooses_the_format_and_plain_is_the_default,
        NULL};

    return case_of("log_formats", tests);
}
