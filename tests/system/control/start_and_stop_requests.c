/*
 * start_and_stop_requests.c - start, stop and restart in all the states that a service may be in
 */
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "system/listening_pod.h"

START_TEST(a_start_cuts_the_delay_of_a_restart_short)
{
    const char *fifo = fresh_fifo("go");
    struct process process;
    char pod[300];

    snprintf(pod, sizeof pod,
             "[service a]\ncommand = sh -c 'echo a runs; read x <%s; exit 3'\n"
             "restart = always\nrestart-delay = 1h..1h\n",
             fifo);
    start_pod(&process, pod);
    process_expect(&process, "a runs");
    fifo_say_line(fifo);
    process_expect(&process, "restart 1 in");
    (void)answer_of(ASK("start", "a"), 0);
    process_expect(&process, "a runs");
    end_pod(&process, 0);
}
END_TEST

/* A service that ends only when the FIFO has a line for it after TERM, and what else is in its pod.
 */
static void start_lingerer(struct process *process, const char *fifo, const char *others)
{
    char pod[400];

    snprintf(pod, sizeof pod,
             "[service a]\ncommand = sh -c 'trap \"echo got TERM; read x <%s; exit 4\" TERM; "
             "echo a runs; while :; do sleep 0.01; done'\nstop = TERM/1h/KILL\n%s",
             fifo, others);
    start_pod(process, pod);
    process_expect(process, "a runs");
}

/* The second would send KILL at once, instead of an hour later. */
START_TEST(a_restart_does_not_hurry_a_stop_that_is_under_way)
{
    const char *fifo = fresh_fifo("go");
    struct process process;
    int stopping;
    int restarting;

    start_lingerer(&process, fifo, "");
    stopping = ask("stop a\n");
    process_expect(&process, "got TERM");
    restarting = ask("restart a\n");
    /* It has been heard: those after it are answered. */
    (void)rest_of(ask("status\n"));
    ck_assert_contains(rest_of(ask("status a\n")), "service\ta\tstopping\t");
    fifo_say_line(fifo);
    process_expect(&process, "a runs");
    ck_assert_str_eq(rest_of(restarting), "ok\n");
    /* Else it would wait for the next stop. */
    ck_assert_str_eq(rest_of(stopping), "error 1 a: a start was requested meanwhile\n");
    ck_assert_lacks(process.errors.text, "KILL");
    process_signal(&process, SIGTERM);
    process_expect(&process, "got TERM");
    fifo_say_line(fifo);
    (void)process_wait(&process);
}
END_TEST

START_TEST(a_second_request_to_stop_a_service_waits_for_the_first)
{
    const char *fifo = fresh_fifo("go");
    struct process process;
    int first;
    int second;

    start_lingerer(&process, fifo, "[service b]\ncommand = sleep 1000\n");
    first = ask("stop a\n");
    process_expect(&process, "got TERM");
    second = ask("stop a\n");
    /* It has been heard: those after it are answered. */
    (void)rest_of(ask("status\n"));
    ck_assert_contains(rest_of(ask("status a\n")), "service\ta\tstopping\t");
    fifo_say_line(fifo);
    ck_assert_str_eq(rest_of(first), "ok\n");
    ck_assert_str_eq(rest_of(second), "ok\n");
    ck_assert_contains(rest_of(ask("status a\n")), "\t4\t");
    process_signal(&process, SIGTERM);
    (void)process_wait(&process);
}
END_TEST

START_TEST(two_requests_to_start_are_one_start)
{
    struct process process;
    const char *text;
    int events;
    int first;
    int second;

    start_sleepers(&process);
    (void)answer_of(ASK("stop", "a"), 0);
    events = ask("events\n");
    (void)rest_of(ask("status\n"));
    first = ask("start a\n");
    second = ask("start a\n");
    ck_assert_str_eq(rest_of(first), "ok\n");
    ck_assert_str_eq(rest_of(second), "ok\n");
    end_pod(&process, 0);
    text = rest_of(events);
    ck_assert_int_eq(count_of(text, "{\"event\":\"start\""), 1);
}
END_TEST

START_TEST(a_socket_for_datagrams_at_its_path_is_not_replaced)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct process process;

    (void)unlink(socket_path());
    snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path());
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--control", socket_path(), "--pod",
                                                     pod_file(TWO_SLEEPERS))),
                     125);
    ck_assert_contains(process.errors.text, "Protocol wrong type for socket");
    /* It is still the same one. */
    ck_assert_int_eq(sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof address), 1);
    close(fd);
}
END_TEST

TCase *start_and_stop_requests_case(void)
{
    const TTest *const tests[] = {a_start_cuts_the_delay_of_a_restart_short,
                                  a_restart_does_not_hurry_a_stop_that_is_under_way,
                                  a_second_request_to_stop_a_service_waits_for_the_first,
                                  two_requests_to_start_are_one_start,
                                  a_socket_for_datagrams_at_its_path_is_not_replaced,
                                  NULL};

    return case_of("start_and_stop_requests", tests);
}
