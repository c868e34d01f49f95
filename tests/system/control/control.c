/*
 * control.c - nsctl and raw requests against a running pod: what they do, and who may ask
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "system/listening_pod.h"

START_TEST(status_tells_of_each_service)
{
    struct process process;

    start_sleepers(&process);
    ck_assert_contains(answer_of(ASK("status"), 0), "running");
    ck_assert_int_eq(count_of(answer_of(ASK("status"), 0), "running"), 2);
    ck_assert_contains(answer_of(ASK("status", "--json", "b"), 0),
                       "{\"service\":\"b\",\"state\":\"running\",\"pid\":");
    ck_assert_contains(answer_of(ASK("status", "aa"), 2), "no such service; did you mean a?");
    end_pod(&process, 0);
}
END_TEST

START_TEST(status_has_the_code_of_a_start_that_has_failed)
{
    struct process process;

    start_pod(&process, "[service a]\ncommand = /nonexistent/program\nnotify = yes\n"
                        "[service b]\ncommand = true\nafter = a\n"
                        "[service c]\ncommand = sh -c 'echo there; exec sleep 1000'\n");
    process_expect(&process, "there\n");
    process_expect(&process, "b: not started: a has ended before it was ready\n");
    ck_assert_contains(rest_of(ask("status a\n")), "\tno\t-\t127\t");
    ck_assert_contains(rest_of(ask("status b\n")), "\t-\t-\t127\t");
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_service_stopped_by_request_stays_down_and_the_pod_goes_on)
{
    struct process process;

    start_sleepers(&process);
    (void)answer_of(ASK("stop", "a", "b"), 0);
    ck_assert_int_eq(count_of(answer_of(ASK("status"), 0), "down"), 2);
    ck_assert(!process_has_ended(&process));
    (void)answer_of(ASK("start", "a"), 0);
    process_expect(&process, "a runs");
    ck_assert_contains(answer_of(ASK("status", "a"), 0), "running");
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_restart_by_request_is_a_new_run_without_delay)
{
    struct process process;

    start_sleepers(&process);
    (void)answer_of(ASK("restart", "a"), 0);
    process_expect(&process, "a runs");
    ck_assert_contains(answer_of(ASK("status", "a"), 0), "running");
    ck_assert_lacks(process.errors.text, "restart 1 in");
    end_pod(&process, 0);
}
END_TEST

START_TEST(leftovers_of_a_service_are_gone_before_it_is_started_again)
{
    struct process process;

    start_pod(&process, "[service a]\ncommand = sh -c '(trap \"\" TERM; echo left; exec "
                        "sleep 1000) & wait'\nstop = TERM/50ms/KILL\n");
    process_expect(&process, "left");
    (void)answer_of(ASK("stop", "a"), 0);
    (void)answer_of(ASK("start", "a"), 0);
    process_expect(&process, "left");
    ck_assert_contains(process.errors.text, "a: stop remaining processes: KILL");
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_signal_is_sent_and_wait_tells_the_code)
{
    struct process process;
    struct process waiting;

    start_sleepers(&process);
    process_start(&waiting, ASK("wait", "b"));
    (void)answer_of(ASK("kill", "USR1", "b"), 0);
    ck_assert_int_eq(process_wait(&waiting), 0);
    ck_assert_contains(waiting.output.text, "138");
    ck_assert_contains(answer_of(ASK("kill", "USR1", "b"), 1), "is not running");
    ck_assert_contains(answer_of(ASK("kill", "USR7", "a"), 2), "unknown signal 'USR7'");
    end_pod(&process, 0);
}
END_TEST

START_TEST(events_come_in_their_order_to_the_end)
{
    const char *fifo = fresh_fifo("go");
    struct process process;
    const char *text;
    char pod[300];
    int fd;

    snprintf(pod, sizeof pod,
             "[service a]\ncommand = sh -c 'echo a runs; read x <%s; exit 3'\n"
             "restart = on-failure:1\nrestart-delay = 1ms\n",
             fifo);
    start_pod(&process, pod);
    process_expect(&process, "a runs");
    fd = ask("events\n");
    /* Requests are carried out in the order in which they come. */
    (void)answer_of(ASK("status"), 0);
    fifo_say_line(fifo);
    process_expect(&process, "a runs");
    fifo_say_line(fifo);
    ck_assert_int_eq(process_wait(&process), 3);
    text = rest_of(fd);
    for (const char *const *part =
             (const char *const[]){"{\"event\":\"exit\"", "\"exit_code\":3",
                                   "{\"event\":\"restart\"", "\"delay_ms\":1",
                                   "{\"event\":\"start\"", "\"restarts\":1", "{\"event\":\"exit\"",
                                   "{\"event\":\"end\"", "\"exit_code\":3}\n", NULL};
         *part != NULL; part++) {
        const char *found = strstr(text, *part);

        ck_assert_msg(found != NULL, "%s is not where it belongs", *part);
        text = found + 1;
    }
}
END_TEST

START_TEST(exec_is_in_the_services_namespaces_as_its_user)
{
    struct process process;

    if (lacks_root("exec_is_in_the_services_namespaces_as_its_user"))
        return;
    start_pod(&process,
              "[pod]\nunshare = net\n[service a]\ncommand = sh -c 'echo a runs $(readlink "
              "/proc/self/ns/net) $(readlink /proc/self/ns/uts); exec sleep 1000'\n"
              "unshare = pid,mnt,uts\nhostname = inside\nuser = 54321:54321\numask = 027\n"
              "env = WHO=a\n");
    process_expect(&process, "a runs");
    ck_assert_str_eq(
        answer_of(
            ASK("exec", "a", "sh", "-c",
                "hostname; id -u; id -g; umask; echo $WHO; [ $$ -lt 20 ] && echo in its own pids"),
            0),
        "inside\n54321\n54321\n0027\na\nin its own pids\n");
    ck_assert_contains(process.output.text,
                       answer_of(ASK("exec", "a", "sh", "-c",
                                     "printf '%s %s' $(readlink /proc/self/ns/net) "
                                     "$(readlink /proc/self/ns/uts)"),
                                 0));
    end_pod(&process, 0);
}
END_TEST

START_TEST(exec_ends_with_the_commands_code)
{
    struct process process;

    start_sleepers(&process);
    (void)answer_of(ASK("exec", "a", "sh", "-c", "exit 42"), 42);
    (void)answer_of(ASK("exec", "a", "sh", "-c", "kill -USR1 $$"), 128 + SIGUSR1);
    ck_assert_contains(answer_of(ASK("exec", "a", "no-such-program"), 127), "no-such-program");
    (void)answer_of(ASK("stop", "a"), 0);
    ck_assert_contains(answer_of(ASK("exec", "a", "true"), 1), "is not running");
    end_pod(&process, 0);
}
END_TEST

START_TEST(exec_has_a_real_terminal)
{
    struct process process;
    struct process shell;

    start_sleepers(&process);
    process_start(&shell,
                  &(struct process_options){
                      .arguments = NSINIT("--ctl", "-c", socket_path(), "exec", "a", "sh", "-c",
                                          "test -t 0 && echo is a terminal; read x; "
                                          "echo got $x; exit 5"),
                      .terminal = true});
    process_expect(&shell, "is a terminal");
    process_type(&shell, "this\n");
    process_expect(&shell, "got this");
    ck_assert_int_eq(process_wait(&shell), 5);
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_command_whose_client_has_died_gets_hup)
{
    struct process process;
    struct process client;

    start_sleepers(&process);
    process_start(&client, ASK("exec", "a", "sh", "-c",
                               "trap 'echo got HUP >/proc/1/fd/2; exit' HUP; echo is there; "
                               "while :; do sleep 0.1; done"));
    process_expect(&client, "is there");
    process_signal(&client, SIGKILL);
    (void)process_wait(&client);
    process_expect(&process, "got HUP");
    end_pod(&process, 0);
}
END_TEST

START_TEST(bad_requests_are_answered_in_one_line)
{
    static const char *const bad[][2] = {
        {"\n", "error 2 no verb is given\n"},
        {"frobnicate\n", "error 2 unknown verb 'frobnicate'"},
        {"stats\n", "error 2 unknown verb 'stats'; did you mean status?\n"},
        {"kill TERM\n", "error 2 usage: kill SIGNAL SERVICE\n"},
        {"stop\n", "error 2 no service is named\n"},
        {"exec a -- true\n", "error 2 exec: send three descriptors"},
        {"status 'a\n", ""},
    };
    struct process process;

    start_sleepers(&process);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int fd = ask(bad[i][0]);

        (void)shutdown(fd, SHUT_WR);
        ck_assert_msg(strncmp(rest_of(fd), bad[i][1], strlen(bad[i][1])) == 0, "%s", bad[i][0]);
    }
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_request_without_end_is_refused)
{
    struct process process;
    static char request[80 * 1024];
    int fd;

    start_sleepers(&process);
    memset(request, 'x', sizeof request - 1);
    fd = ask("");
    (void)!send(fd, request, sizeof request - 1, MSG_NOSIGNAL);
    ck_assert_contains(rest_of(fd), "error 2 a request has at most 65536 bytes\n");
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_hundred_slow_clients_hold_up_nobody)
{
    enum { CLIENTS = 100 };
    struct process process;
    int fds[CLIENTS];

    start_sleepers(&process);
    for (int i = 0; i < CLIENTS; i++)
        fds[i] = ask(i % 2 == 0 ? "stat" : "events\n");
    ck_assert_int_eq(count_of(answer_of(ASK("status"), 0), "running"), 2);
    for (int i = 0; i < CLIENTS; i++)
        close(fds[i]);
    end_pod(&process, 0);
}
END_TEST

START_TEST(too_many_clients_are_turned_away_and_come_in_later)
{
    enum { CLIENTS = 160 };
    struct process process;
    int fds[CLIENTS];

    start_sleepers(&process);
    for (int i = 0; i < CLIENTS; i++)
        fds[i] = ask("events\n");
    ck_assert_contains(rest_of(fds[CLIENTS - 1]), "error 1 too many connections\n");
    for (int i = 0; i < CLIENTS - 1; i++)
        close(fds[i]);
    while (process_run(&(struct process){0}, ASK("status")) != 0)
        ;
    end_pod(&process, 0);
}
END_TEST

START_TEST(root_and_nsinits_own_user_may_ask_for_all_and_others_for_the_status)
{
    struct process process;
    struct process_options other_user = *ASK("status");
    struct stat status;

    if (lacks_root("root_and_nsinits_own_user_may_ask_for_all_and_others_for_the_status"))
        return;
    start_sleepers(&process);
    ck_assert_int_eq(stat(socket_path(), &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0600);
    other_user.uid = ORDINARY_USER;
    (void)answer_of(&other_user, 125);
    ck_assert_int_eq(chmod(socket_path(), 0666), 0);
    ck_assert_contains(answer_of(&other_user, 0), "running");
    other_user.arguments = ASK("stop", "a")->arguments;
    ck_assert_contains(answer_of(&other_user, 1), "stop: this process may ask for the status only: "
                                                  "its user is neither root nor nsinit's");
    ck_assert_contains(answer_of(ASK("status", "a"), 0), "running");
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_stale_socket_is_replaced_and_a_live_one_refused)
{
    struct process process;
    struct process second;

    start_sleepers(&process);
    ck_assert_int_eq(process_run(&second, AS_SECOND("-s", "--control", socket_path(), "--pod",
                                                    pod_file(TWO_SLEEPERS))),
                     125);
    ck_assert_contains(second.errors.text, "another nsinit listens there");
    (void)answer_of(ASK("status"), 0);
    process_signal(&process, SIGKILL);
    (void)process_wait(&process);
    ck_assert_int_eq(access(socket_path(), F_OK), 0);
    process_start(&process, AS_SECOND("-s", "-v", "--control", socket_path(), "--pod",
                                      pod_file(TWO_SLEEPERS)));
    process_expect(&process, "b runs");
    (void)answer_of(ASK("status"), 0);
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_single_service_can_be_asked_too)
{
    struct process process;

    (void)unlink(socket_path());
    process_start(&process, AS_SECOND("-s", "-v", "--control", socket_path(), "--", "sh", "-c",
                                      "echo main runs; exec sleep 1000"));
    process_expect(&process, "main runs");
    (void)answer_of(ASK("restart", "main"), 0);
    process_expect(&process, "main runs");
    end_pod(&process, 143);
}
END_TEST

START_TEST(status_tells_what_a_program_says_of_itself)
{
    struct process process;

    (void)unlink(socket_path());
    process_start(&process,
                  AS_SECOND("-s", "-v", "--control", socket_path(), "--notify", "--", "sh", "-c",
                            "\"$0\" say READY=1; read x; \"$0\" say RELOADING=1; read x\n"
                            "\"$0\" say READY=1; read x; \"$0\" say STOPPING=1; read x",
                            PROBE));
    process_expect(&process, "main: ready");
    ck_assert_contains(answer_of(ASK("status"), 0), " ready ");
    process_type(&process, "\n");
    process_expect(&process, "main: reloading");
    ck_assert_contains(answer_of(ASK("status"), 0), " reloading ");
    ck_assert_contains(answer_of(ASK("status", "--json"), 0), "\"state\":\"reloading\"");
    process_type(&process, "\n");
    process_expect(&process, "main: ready");
    ck_assert_contains(answer_of(ASK("status"), 0), " ready ");
    process_type(&process, "\n");
    process_expect(&process, "main: stopping");
    ck_assert_contains(answer_of(ASK("status"), 0), " stopping ");
    process_close_input(&process);
    (void)process_wait(&process);
}
END_TEST

START_TEST(where_no_socket_can_be_the_pod_runs_without)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("sh", "-c",
                                             "for d in /run /dev/shm; do mount -t tmpfs none $d && "
                                             "mount -o remount,ro $d; done; unset XDG_RUNTIME_DIR;"
                                             "exec \"$0\" --pod \"$1\"",
                                             nsinit_path(),
                                             pod_file("[service a]\ncommand = echo a runs\n")),
                        .place = PLACE_FIRST}),
        0);
    ck_assert_contains(process.errors.text,
                       "nsinit: --control /run/nsinit.sock: Read-only file system: nsctl will not "
                       "work\n");
    ck_assert_str_eq(process.output.text, "a runs\n");
}
END_TEST

TCase *control_case(void)
{
    const TTest *const tests[] = {
        status_tells_of_each_service,
        status_has_the_code_of_a_start_that_has_failed,
        a_service_stopped_by_request_stays_down_and_the_pod_goes_on,
        a_restart_by_request_is_a_new_run_without_delay,
        leftovers_of_a_service_are_gone_before_it_is_started_again,
        a_signal_is_sent_and_wait_tells_the_code,
        events_come_in_their_order_to_the_end,
        exec_is_in_the_services_namespaces_as_its_user,
        exec_ends_with_the_commands_code,
        exec_has_a_real_terminal,
        a_command_whose_client_has_died_gets_hup,
        bad_requests_are_answered_in_one_line,
        a_request_without_end_is_refused,
        a_hundred_slow_clients_hold_up_nobody,
        too_many_clients_are_turned_away_and_come_in_later,
        root_and_nsinits_own_user_may_ask_for_all_and_others_for_the_status,
        a_stale_socket_is_replaced_and_a_live_one_refused,
        a_single_service_can_be_asked_too,
        status_tells_what_a_program_says_of_itself,
        where_no_socket_can_be_the_pod_runs_without,
        NULL};

    return case_of("control", tests);
}
