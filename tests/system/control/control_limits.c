/*
 * control_limits.c - what clients can't take from nsinit: its memory, its files, its time
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <linux/sockios.h>
#include <unistd.h>

#include "system/listening_pod.h"

/* ---- who does not read ------------------------------------------------------------------- */

/* One restarts quickly, and the other is there to ask about. */
#define RESTARTER                                                               \
    "[service a]\ncommand = true\nrestart = always\nrestart-delay = 1ms..1ms\n" \
    "[service b]\ncommand = sh -c 'echo b runs; exec sleep 1000'\n"

static long restarts_of_a(void)
{
    const char *text = rest_of(ask("status a\n"));
    long restarts = -1;

    ck_assert_int_eq(sscanf(text, "service\ta\t%*s\t%*s\t%ld", &restarts), 1);
    return restarts;
}

static bool has_restarted(void *argument)
{
    return restarts_of_a() >= *(long *)argument;
}

/* Events, until one tells of those that are not there. */
static void read_to_missed(int fd, char *text, size_t size)
{
    struct pollfd news = {.fd = fd, .events = POLLIN};
    size_t length = 0;
    ssize_t count;

    while (memmem(text, length, "\"count\":", 8) == NULL || text[length - 1] != '\n') {
        ck_assert_int_eq(poll(&news, 1, 60 * 1000), 1);
        count = read(fd, text + length, size - 1 - length);
        ck_assert_int_gt(count, 0);
        length += (size_t)count;
    }
    text[length] = '\0';
}

START_TEST(a_follower_that_does_not_read_is_told_how_many_events_it_has_missed)
{
    static char text[512 * 1024];
    struct process process;
    long enough = 1500;
    unsigned long missed;
    const char *line;
    int fd;

    start_pod(&process, RESTARTER);
    process_expect(&process, "b runs");
    fd = ask("events\n");
    wait_until(has_restarted, &enough, "restarts");
    read_to_missed(fd, text, sizeof text);
    line = strstr(text, "{\"event\":\"missed\",\"time\":");
    ck_assert_ptr_nonnull(line);
    ck_assert(line > text && line[-1] == '\n');
    ck_assert_int_eq(
        sscanf(line, "{\"event\":\"missed\",\"time\":\"%*[^\"]\",\"count\":%lu}", &missed), 1);
    /* Three events for each restart, and what was kept was not all of them. */
    ck_assert_uint_gt(missed, 500);
    close(fd);
    process_signal(&process, SIGTERM);
    (void)process_wait(&process);
}
END_TEST

/* ---- who goes ---------------------------------------------------------------------------- */

struct files {
    pid_t pid;
    int count;
};

static bool has_so_many(void *argument)
{
    const struct files *files = argument;

    return files_of(files->pid) == files->count;
}

START_TEST(a_client_that_has_shut_down_its_side_and_goes_is_forgotten)
{
    struct process process;
    struct files files;
    int fd;

    start_sleepers(&process);
    (void)rest_of(ask("status\n"));
    files = (struct files){.pid = process.pid, .count = files_of(process.pid)};
    fd = ask("wait b\n");
    ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
    /* What was said before is heard when the second of them is answered. */
    (void)rest_of(ask("status\n"));
    (void)rest_of(ask("status\n"));
    ck_assert_int_eq(files_of(process.pid), files.count + 1);
    close(fd);
    wait_until(has_so_many, &files, "the end of the connection");
    end_pod(&process, 0);
}
END_TEST

/* ---- who comes while there is no room ---------------------------------------------------- */

/* In ticks of a hundredth of a second. */
static unsigned long time_used_by(pid_t pid)
{
    char path[64];
    unsigned long in_user = 0;
    unsigned long in_kernel = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                            &in_user, &in_kernel),
                     2);
    fclose(file);
    return in_user + in_kernel;
}

static void limit_files(pid_t pid, rlim_t most)
{
    struct rlimit limit;

    ck_assert_int_eq(prlimit(pid, RLIMIT_NOFILE, NULL, &limit), 0);
    limit.rlim_cur = most;
    ck_assert_int_eq(prlimit(pid, RLIMIT_NOFILE, &limit, NULL), 0);
}

/* So few that not even the spare one could be opened again. */
START_TEST(a_connection_that_cannot_be_taken_waits_without_keeping_nsinit_busy)
{
    struct process process;
    struct process pause;
    struct rlimit limit;
    unsigned long used;
    int fd;

    start_sleepers(&process);
    ck_assert_int_eq(prlimit(process.pid, RLIMIT_NOFILE, NULL, &limit), 0);
    limit_files(process.pid, 3);
    fd = ask("status\n");
    used = time_used_by(process.pid);
    /* The end of this is waited for, and would be a hundred ticks for a loop that spins alone. */
    process_start(&pause, &(struct process_options){.arguments = COMMAND("sleep", "1")});
    ck_assert_int_eq(process_wait(&pause), 0);
    ck_assert_uint_le(time_used_by(process.pid), used + 20);
    limit_files(process.pid, limit.rlim_cur);
    ck_assert_int_eq(count_of(rest_of(fd), "running"), 2);
    ck_assert_int_eq(count_of(rest_of(ask("status\n")), "running"), 2);
    end_pod(&process, 0);
}
END_TEST

/* The lowest number that the next file of the process can have. */
static rlim_t next_file_of(pid_t pid)
{
    struct stat status;
    char path[64];

    for (rlim_t number = 0;; number++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%lu", pid, (unsigned long)number);
        if (lstat(path, &status) < 0)
            return number;
    }
}

START_TEST(without_a_free_file_a_client_is_told_so)
{
    struct process process;
    struct rlimit limit;

    start_sleepers(&process);
    ck_assert_int_eq(prlimit(process.pid, RLIMIT_NOFILE, NULL, &limit), 0);
    (void)rest_of(ask("status\n"));
    limit_files(process.pid, next_file_of(process.pid));
    ck_assert_str_eq(rest_of(ask("status\n")), "error 1 nsinit has too many open files\n");
    ck_assert_str_eq(rest_of(ask("status\n")), "error 1 nsinit has too many open files\n");
    limit_files(process.pid, limit.rlim_cur);
    ck_assert_int_eq(count_of(rest_of(ask("status\n")), "running"), 2);
    end_pod(&process, 0);
}
END_TEST

/* ---- what comes in parts ----------------------------------------------------------------- */

static bool is_read(void *argument)
{
    int unread;

    ck_assert_int_eq(ioctl(*(int *)argument, SIOCOUTQ, &unread), 0);
    return unread == 0;
}

/* A quote, and a backslash, are open from one byte to the next. */
START_TEST(a_request_that_comes_byte_by_byte_is_read_as_one)
{
    static const char request[] = "status \"a\\\" \n'\" 'b\n\\'\\\n\n";
    struct process process;
    int fd;

    start_sleepers(&process);
    fd = connect_to_pod();
    for (const char *at = request; *at != '\0'; at++) {
        ck_assert_int_eq(send(fd, at, 1, MSG_NOSIGNAL), 1);
        wait_until(is_read, &fd, "a byte to be read");
    }
    ck_assert_str_eq(rest_of(fd), "error 2 a\"  ': no such service\n");
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_signal_that_comes_in_two_parts_is_sent)
{
    struct process process;
    struct process command;
    int fd;

    start_sleepers(&process);
    fd = connect_to_pod();
    process_start(&command, &(struct process_options){.arguments = COMMAND("cat")});
    ask_with_files(fd,
                   "exec a -- sh -c 'trap \"exit 9\" USR1; echo ready; while :; do sleep 0.01; "
                   "done'\n",
                   command.input);
    process_expect(&command, "ready");
    for (const char *const *part =
             (const char *const[]){"non", "sense\n", "sig", "nal US", "R1", "\n", NULL};
         *part != NULL; part++) {
        ck_assert_int_gt(send(fd, *part, strlen(*part), MSG_NOSIGNAL), 0);
        /* The last of them ends the connection. */
        if (strcmp(*part, "\n") != 0)
            wait_until(is_read, &fd, "a part to be read");
    }
    ck_assert_contains(rest_of(fd), "exit\t9\nok\n");
    end_pod(&process, 0);
}
END_TEST

TCase *control_limits_case(void)
{
    const TTest *const tests[] = {
        a_follower_that_does_not_read_is_told_how_many_events_it_has_missed,
        a_client_that_has_shut_down_its_side_and_goes_is_forgotten,
        a_connection_that_cannot_be_taken_waits_without_keeping_nsinit_busy,
        without_a_free_file_a_client_is_told_so,
        a_request_that_comes_byte_by_byte_is_read_as_one,
        a_signal_that_comes_in_two_parts_is_sent,
        NULL};

    return case_of("control_limits", tests);
}
