/*
 * start_and_stop_order.c - in which order the services of a pod start and stop, and what ends the
 * pod
 */
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "system/system.h"

static void comes_before(const char *text, const char *first, const char *second)
{
    const char *one = strstr(text, first);
    const char *other = strstr(text, second);

    ck_assert_msg(one != NULL && other != NULL && one < other, "not '%s' before '%s': <<%s>>",
                  first, second, text);
}

/* ---- starting -------------------------------------------------------------------------------- */

START_TEST(a_service_starts_when_the_one_before_it_is_ready)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_POD("[service b]\nafter = a\nessential = yes\ncommand = true\n"
                           "[service a]\nnotify = yes\ncommand = sh -c 'sleep 0.1; %s say READY=1; "
                           "exec sleep 1000'\n",
                           PROBE)),
        0);
    comes_before(process.errors.text, "a: ready\n", "b: started");
    process_drop(&process);
    ck_assert_int_eq(
        process_run(&process, AS_POD("[service b]\nafter = a\nessential = yes\ncommand = true\n"
                                     "[service a]\nready-fd = 3\ncommand = sh -c 'sleep 0.1; echo "
                                     ">&3; exec sleep 1000'\n")),
        0);
    comes_before(process.errors.text, "a: ready\n", "b: started");
}
END_TEST

START_TEST(a_service_without_readiness_is_ready_when_it_is_started)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_POD("[service c]\nafter = b, a\ncommand = true\nessential = yes\n"
                                     "[service b]\nafter = a\ncommand = sleep 1000\n"
                                     "[service a]\ncommand = sleep 1000\n")),
        0);
    comes_before(process.errors.text, "a: started", "b: started");
    comes_before(process.errors.text, "b: started", "c: started");
}
END_TEST

START_TEST(all_others_run_at_the_same_time)
{
    char fifo[200];
    struct process process;

    snprintf(fifo, sizeof fifo, "%s/fifo", test_directory());
    /* Each waits for the other. */
    ck_assert_int_eq(
        process_run(&process, AS_POD("[service a]\ntype = oneshot\ncommand = mkfifo %s\n"
                                     "[service b]\nafter = a\ncommand = sh -c 'echo hello >%s'\n"
                                     "[service c]\nafter = a\ncommand = cat %s\n",
                                     fifo, fifo, fifo)),
        0);
    ck_assert_str_eq(process.output.text, "hello\n");
}
END_TEST

/* ---- steps ----------------------------------------------------------------------------------- */

START_TEST(a_service_after_a_oneshot_starts_when_it_is_done)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_POD("[service b]\nafter = step\ncommand = echo after\n"
                                     "[service step]\ntype = oneshot\ncommand = sh -c 'sleep 0.1; "
                                     "echo before'\n")),
        0);
    ck_assert_str_eq(process.output.text, "before\nafter\n");
}
END_TEST

START_TEST(a_step_that_fails_ends_the_pod_with_its_code)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_POD("[service step]\ntype = oneshot\ncommand = sh -c 'exit 3'\nafter = d\n"
                           "[service b]\nafter = step\ncommand = echo b\n"
                           "[service c]\nafter = b\ncommand = echo c\n"
                           "[service d]\ncommand = sleep 1000\n")),
        3);
    ck_assert_str_eq(process.output.text, "");
    ck_assert_contains(process.errors.text, "b: not started: step has ended before it was done\n");
    ck_assert_contains(process.errors.text, "c: not started: b has ended before it was ready\n");
    ck_assert_contains(process.errors.text, "step: essential service ended: stopping the pod\n");
    ck_assert_contains(process.errors.text, "d: ended, exit code 143\n");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(a_step_that_is_not_essential_may_fail)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_POD("[service step]\ntype = oneshot\ncommand = false\n"
                                     "essential = no\n"
                                     "[service b]\ncommand = sh -c 'sleep 0.2; exit 4'\n")),
        1);
    ck_assert_lacks(process.errors.text, "stopping the pod");
}
END_TEST

START_TEST(a_step_is_tried_again_by_its_restart_policy)
{
    struct process process;
    const char *file = fresh_file("tries");

    ck_assert_int_eq(
        process_run(&process, AS_POD("[service step]\ntype = oneshot\nrestart = on-failure\n"
                                     "restart-delay = 1ms..1ms\n"
                                     "command = sh -c 'echo x >>%s; [ $(wc -l <%s) = 3 ]'\n"
                                     "[service b]\nafter = step\ncommand = echo b\n",
                                     file, file)),
        0);
    ck_assert_int_eq(count_of(process.errors.text, "step: started"), 3);
    ck_assert_str_eq(process.output.text, "b\n");
}
END_TEST

START_TEST(no_service_starts_after_one_that_ended_before_it_was_ready)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[service a]\nnotify = yes\ncommand = true\n"
                                                  "[service b]\nafter = a\ncommand = echo b\n"
                                                  "[service d]\ncommand = sleep 1000\n"
                                                  "[service e]\nafter = a\ncommand = echo e\n"
                                                  "essential = yes\n")),
                     1);
    ck_assert_str_eq(process.output.text, "");
    ck_assert_contains(process.errors.text, "b: not started: a has ended before it was ready\n");
    ck_assert_contains(process.errors.text, "e: essential service ended: stopping the pod\n");
}
END_TEST

START_TEST(a_missing_program_is_the_end_of_its_service_alone)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[service a]\ncommand = /nonexistent/program\n"
                                                  "[service b]\ncommand = sh -c 'sleep 0.2; "
                                                  "exit 0'\n")),
                     1);
    ck_assert_contains(process.errors.text, "a: exec /nonexistent/program: no such file");
    process_drop(&process);
    ck_assert_int_eq(process_run(&process, AS_POD("[service a]\ncommand = /nonexistent/program\n"
                                                  "essential = yes\n"
                                                  "[service b]\ncommand = sleep 1000\n")),
                     127);
    ck_assert(!process.left_some);
}
END_TEST

/* ---- the end --------------------------------------------------------------------------------- */

/* The codes of all services that end by themselves, in the order of their ends. */
static const struct {
    int first;
    int second;
    int pod;
} two_ends[] = {{3, 4, 1}, {3, 0, 1}, {0, 4, 1}, {0, 0, 0}};

START_TEST(when_all_have_ended_the_code_tells_whether_one_has_failed)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_POD("[service a]\ncommand = sh -c 'exit %d'\n"
                                     "[service b]\ncommand = sh -c 'sleep 0.2; exit %d'\n",
                                     two_ends[_i].first, two_ends[_i].second)),
        two_ends[_i].pod);
}
END_TEST

START_TEST(the_only_service_of_a_pod_gives_its_exit_code)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[service a]\ncommand = sh -c 'exit 3'\n")), 3);
}
END_TEST

/* A script that ends with the code of its argument when it gets TERM. The caller keeps the path. */
static const char *ends_on_term(void)
{
    const char *path = fresh_file("ends");
    FILE *file = fopen(path, "we");

    ck_assert_ptr_nonnull(file);
    fputs("trap \"exit $1\" TERM; echo there; while :; do sleep 0.01; done\n", file);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

static void ck_assert_ends_with(const struct process_options *options, int services, int code)
{
    struct process process;

    process_start(&process, options);
    for (int i = 0; i < services; i++)
        process_expect(&process, "there\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), code);
    process_drop(&process);
}

/* The order of their ends is another one, and would lead to another code. */
START_TEST(after_a_stop_the_first_essential_service_that_has_failed_gives_the_exit_code)
{
    const char *ends = ends_on_term();

    ck_assert_ends_with(AS_POD("[service a]\nafter = e\ncommand = sh %s 2\n"
                               "[service b]\nessential = yes\ncommand = sh %s 0\n"
                               "[service c]\nessential = yes\ncommand = sh %s 4\n"
                               "[service d]\nessential = yes\nafter = c\ncommand = sh %s 5\n"
                               "[service e]\ncommand = sh %s 6\n",
                               ends, ends, ends, ends, ends),
                        5, 4);
    ck_assert_ends_with(AS_POD("[service a]\ncommand = sh %s 2\n"
                               "[service b]\nessential = yes\ncommand = sh %s 0\n",
                               ends, ends),
                        2, 0);
}
END_TEST

/* ---- what is told of it by default ----------------------------------------------------------- */

#define AS_SILENT_POD(...) AS_SECOND("-s", "--control", "no", "--pod", pod_file(__VA_ARGS__))

START_TEST(each_failed_end_is_reported_and_the_service_that_ended_the_pod)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_SILENT_POD("[service good]\ntype = oneshot\ncommand = true\n"
                                  "[service bad]\nafter = good\ncommand = sh -c 'exit 3'\n"
                                  "[service again]\nafter = good\ncommand = sh -c 'exit 4'\n"
                                  "restart = on-failure:1\nrestart-delay = 1ms\n"
                                  "[service other]\ncommand = sleep 1000\n"
                                  "[service main]\nafter = good\nessential = yes\n"
                                  "command = sh -c 'sleep 0.3; exit 7'\n")),
        7);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: bad: ended, exit code 3\n"), 1);
    ck_assert_int_eq(count_of(process.errors.text, "again: "), 2);
    ck_assert_contains(process.errors.text, "again: exit code 4, gave up after 1 restarts\n");
    ck_assert_contains(process.errors.text, "main: ended, exit code 7\n");
    ck_assert_contains(process.errors.text, "main: essential service ended: stopping the pod\n");
    ck_assert_lacks(process.errors.text, "good");
    ck_assert_lacks(process.errors.text, "other");
}
END_TEST

START_TEST(a_stop_that_takes_a_kill_is_told)
{
    struct process process;

    process_start(&process, AS_SILENT_POD("[service a]\ncommand = sleep 1000\n"
                                          "[service b]\nstop = TERM/20ms/KILL\n"
                                          "command = sh -c 'trap \"\" TERM; echo there; "
                                          "while :; do sleep 0.01; done'\n"));
    process_expect(&process, "there\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_str_eq(process.errors.text, "nsinit: b: ended, exit code 137\n");
}
END_TEST

static const char *const bad_starts[] = {
    "user = nosuchuser",
    "groups = nosuchgroup",
    "workdir = /nonexistent",
    "rlimit = nofile=4:99999999999",
    "unshare = mnt\nroot = /nonexistent",
    "unshare = mnt\nmount = type=bind,source=/nonexistent,target=/mnt",
    "unshare = net\nveth = host=lo,name=eth0",
    "unshare = uts\nhook-created = exit 3",
    "enter = net=/nonexistent",
    "tty = /nonexistent",
};

START_TEST(each_error_of_a_start_names_its_service)
{
    struct process process;

    if (lacks_root("each_error_of_a_start_names_its_service"))
        return;
    ck_assert_int_eq(process_run(&process, AS_SILENT_POD("[service fine]\ncommand = true\n"
                                                         "[service web]\ncommand = true\n%s\n",
                                                         bad_starts[_i])),
                     1);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: web: --"), 1);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: "), 1);
}
END_TEST

START_TEST(an_essential_service_ends_the_pod_and_the_others_stop_in_reverse)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[service a]\ncommand = sleep 1000\n"
                                                  "[service b]\nafter = a\ncommand = sleep 1000\n"
                                                  "[service c]\nafter = b\nessential = yes\n"
                                                  "command = sh -c 'exit 7'\n")),
                     7);
    comes_before(process.errors.text, "c: essential service ended: stopping the pod\n",
                 "b: stop: TERM");
    comes_before(process.errors.text, "b: ended", "a: stop: TERM");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(an_essential_service_that_is_restarted_ends_nothing)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_POD("[service a]\ncommand = sh -c 'exit 7'\nessential = yes\n"
                                     "restart = on-failure:2\nrestart-delay = 1ms\n"
                                     "[service b]\ncommand = sleep 1000\n")),
        7);
    ck_assert_int_eq(count_of(process.errors.text, "a: started"), 3);
    comes_before(process.errors.text, "gave up after 2 restarts", "stopping the pod");
}
END_TEST

/* Takes the signal, tells it and ends. */
#define ENDS_ON(signal, code)                                    \
    "sh -c 'trap \"echo got " signal "; exit " code "\" " signal \
    "; echo there; while :; do sleep 0.01; done'\n"

START_TEST(a_request_to_stop_stops_all_in_reverse_each_by_its_schedule)
{
    struct process process;

    process_start(&process, AS_POD("[service a]\nstop = USR1/1h/KILL\ncommand = " ENDS_ON(
                                "USR1", "3") "[service b]\nafter = a\nstop = USR2/1h/KILL\n"
                                             "command = " ENDS_ON("USR2", "4")));
    process_expect(&process, "there\n");
    process_expect(&process, "there\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 0);
    comes_before(process.output.text, "got USR2\n", "got USR1\n");
    comes_before(process.errors.text, "b: ended, exit code 4", "a: stop: USR1");
}
END_TEST

START_TEST(a_second_request_to_stop_goes_on_to_the_next_step)
{
    struct process process;

    process_start(&process, AS_POD("[service a]\nstop = TERM/1h/KILL\nessential = yes\ncommand = "
                                   "sh -c 'trap \"\" TERM; echo "
                                   "there; while :; do sleep 0.01; done'\n"));
    process_expect(&process, "there\n");
    process_signal(&process, SIGTERM);
    process_expect(&process, "a: stop: TERM");
    request_again(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(a_stop_calls_off_what_has_not_started)
{
    struct process process;

    process_start(&process, AS_POD("[service a]\nready-fd = 3\ncommand = sh -c 'echo there; exec "
                                   "sleep 1000'\n"
                                   "[service b]\nafter = a\ncommand = echo b\n"));
    process_expect(&process, "there\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_str_eq(process.output.text, "there\n");
}
END_TEST

START_TEST(other_signals_go_to_all)
{
    struct process process;

    process_start(&process,
                  AS_POD("[service a]\ncommand = " ENDS_ON(
                      "HUP", "0") "[service b]\nunshare = pid\ncommand = " ENDS_ON("HUP", "0")));
    process_expect(&process, "there\n");
    process_expect(&process, "there\n");
    process_signal(&process, SIGHUP);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "got HUP\n"), 2);
}
END_TEST

/* ---- many ------------------------------------------------------------------------------------ */

enum { MANY = 1000 };

START_TEST(a_thousand_services_start_and_stop)
{
    static char text[MANY * 64];
    struct process process;
    size_t length = 0;

    for (int i = 0; i < MANY; i++)
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   "[service s%d]\ncommand = sleep 1000\n", i);
    process_start(&process, AS_POD("%s", text));
    for (int i = 0; i < MANY; i++)
        process_expect(&process, ": started sleep as ");
    ck_assert_lacks(process.errors.text, "ended");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.errors.text, ": ended, exit code 143\n"), MANY);
    ck_assert(!process.left_some);
}
END_TEST

/* ---- upwards --------------------------------------------------------------------------------- */

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    remove(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void hears(int fd, const char *expected)
{
    struct pollfd message = {.fd = fd, .events = POLLIN};
    char text[1000] = "";

    ck_assert_msg(poll(&message, 1, 60 * 1000) == 1, "waited in vain for %s", expected);
    ck_assert_int_ge(recv(fd, text, sizeof text - 1, 0), 0);
    ck_assert_str_eq(text, expected);
}

START_TEST(the_pod_is_ready_once_when_all_are_and_stops_once)
{
    const char *fifo = fresh_fifo("go");
    char path[100];
    struct process process;
    struct pollfd more;

    snprintf(path, sizeof path, "%s/manager", test_directory());
    more = (struct pollfd){.fd = listen_at(path), .events = POLLIN};
    setenv("NOTIFY_SOCKET", path, 1);
    process_start(
        &process,
        AS_POD("[service a]\nnotify = yes\ncommand = sh -c '%s say READY=1; exec sleep "
               "1000'\n"
               "[service b]\nnotify = yes\ncommand = sh -c 'echo there; read x <%s; %s say "
               "READY=1; exec sleep 1000'\n",
               PROBE, fifo, PROBE));
    process_expect(&process, "a: ready");
    process_expect(&process, "there");
    /* One is not all. */
    ck_assert_int_eq(poll(&more, 1, 0), 0);
    fifo_say_line(fifo);
    hears(more.fd, "READY=1\n");
    process_signal(&process, SIGTERM);
    hears(more.fd, "STOPPING=1\n");
    process_wait(&process);
    ck_assert_int_eq(poll(&more, 1, 0), 0);
}
END_TEST

TCase *start_and_stop_order_case(void)
{
    const TTest *const tests[] = {
        a_service_starts_when_the_one_before_it_is_ready,
        a_service_without_readiness_is_ready_when_it_is_started,
        all_others_run_at_the_same_time,
        a_service_after_a_oneshot_starts_when_it_is_done,
        a_step_that_fails_ends_the_pod_with_its_code,
        a_step_that_is_not_essential_may_fail,
        a_step_is_tried_again_by_its_restart_policy,
        no_service_starts_after_one_that_ended_before_it_was_ready,
        a_missing_program_is_the_end_of_its_service_alone,
        the_only_service_of_a_pod_gives_its_exit_code,
        after_a_stop_the_first_essential_service_that_has_failed_gives_the_exit_code,
        each_failed_end_is_reported_and_the_service_that_ended_the_pod,
        a_stop_that_takes_a_kill_is_told,
        an_essential_service_ends_the_pod_and_the_others_stop_in_reverse,
        an_essential_service_that_is_restarted_ends_nothing,
        a_request_to_stop_stops_all_in_reverse_each_by_its_schedule,
        a_second_request_to_stop_goes_on_to_the_next_step,
        a_stop_calls_off_what_has_not_started,
        other_signals_go_to_all,
        a_thousand_services_start_and_stop,
        the_pod_is_ready_once_when_all_are_and_stops_once,
        NULL};

    TCase *tcase = case_of("start_and_stop_order", tests);

    tcase_add_loop_test(tcase, when_all_have_ended_the_code_tells_whether_one_has_failed, 0,
                        sizeof two_ends / sizeof two_ends[0]);
    tcase_add_loop_test(tcase, each_error_of_a_start_names_its_service, 0,
                        sizeof bad_starts / sizeof bad_starts[0]);
    return tcase;
}
