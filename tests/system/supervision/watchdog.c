/*
 * watchdog.c - a service that says so often that it is alive, and what becomes of one that does not
 */
#include <signal.h>
#include <stdio.h>

#include "system/system.h"

/* A script in which "$0" is the probe. */
#define SCRIPT(text) "sh", "-c", text, PROBE

/* Watched from when it is ready on, and that it says when its trap is set. */
#define WATCHED(TIME) "--ready-fd", "3", "--watchdog", TIME

/* It does nothing until ABRT, and then ends with CODE. */
#define AWAITS_ABRT(CODE) "trap 'echo got ABRT; exit " CODE "' ABRT\n"
#define HANGS(CODE) AWAITS_ABRT(CODE) "echo >&3; " LOOPS
#define LOOPS "while :; do sleep 0.01; done"

START_TEST(the_program_finds_the_watchdogs_time_and_its_own_pid)
{
    static const char script[] = "echo $(($$ == WATCHDOG_PID)) $WATCHDOG_USEC";
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--watchdog", "90s", "--", "sh", "-c", script)),
                     0);
    ck_assert_str_eq(process.output.text, "1 90000000\n");
    process_drop(&process);
    ck_assert_int_eq(process_run(&process, AS_FIRST("--watchdog", "90s", "--unshare", "pid", "--",
                                                    "sh", "-c", script)),
                     0);
    ck_assert_str_eq(process.output.text, "1 90000000\n");
}
END_TEST

START_TEST(nsinits_own_watchdog_is_not_the_services_then)
{
    struct process process;
    struct process_options options = {
        .arguments =
            COMMAND("env", "WATCHDOG_PID=77", "WATCHDOG_USEC=5", nsinit_path(), "--watchdog", "1h",
                    "--", "sh", "-c", "echo $(($$ == WATCHDOG_PID)) $WATCHDOG_USEC"),
        .place = PLACE_FIRST};

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.output.text, "1 3600000000\n");
}
END_TEST

START_TEST(libsystemd_sees_that_the_watchdog_is_on)
{
    const char *client = sd_client_path("libsystemd_sees_that_the_watchdog_is_on");
    struct process process;

    if (client == NULL)
        return;
    process_start(&process, AS_SECOND("-s", "-v", "--notify", "--watchdog", "90s", "--unshare",
                                      "pid,mnt", "--", client));
    process_expect(&process, "watchdog 1 of 90000000");
}
END_TEST

START_TEST(a_silent_service_gets_abrt_and_has_failed)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST(WATCHED("100ms"), "--", "sh", "-c", HANGS("0"))), 124);
    ck_assert_str_eq(process.output.text, "got ABRT\n");
    ck_assert_str_eq(process.errors.text, "nsinit: main: the watchdog has expired\n");
    process_drop(&process);
    ck_assert_int_eq(
        process_run(&process, AS_FIRST(WATCHED("100ms"), "--", "sh", "-c", HANGS("7"))), 7);
    process_drop(&process);
    ck_assert_int_eq(process_run(&process, AS_FIRST("--watchdog", "100ms", "--", "sleep", "1000")),
                     128 + SIGABRT);
}
END_TEST

START_TEST(a_silent_service_in_its_own_pid_namespace_gets_abrt_too)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", WATCHED("100ms"), "--unshare",
                                                     "pid,mnt,net", "--", "sh", "-c", HANGS("0"))),
                     124);
    ck_assert_str_eq(process.output.text, "got ABRT\n");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(a_stopped_program_is_continued_to_get_it)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST(WATCHED("200ms"), "--", "sh", "-c",
                                                    AWAITS_ABRT("6") "echo >&3; kill -STOP $$")),
                     6);
    ck_assert_str_eq(process.output.text, "got ABRT\n");
}
END_TEST

START_TEST(a_service_that_ignores_abrt_gets_kill_after_ten_seconds)
{
    struct process process;

    process_start(&process, AS_FIRST("-v", WATCHED("100ms"), "--", "sh", "-c",
                                     "trap '' ABRT; echo >&3; while :; do sleep 1; done"));
    process_expect(&process, "main: stop: ABRT");
    process_expect(&process, "main: stop: KILL");
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
}
END_TEST

START_TEST(a_silent_service_is_restarted_by_its_policy)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST(WATCHED("100ms"), "--restart", "on-failure:1",
                                       "--restart-delay", "0", "--", "sh", "-c", HANGS("0"))),
        124);
    ck_assert_int_eq(count_of(process.output.text, "got ABRT"), 2);
    ck_assert_contains(process.errors.text, "main: exit code 124, restart 1 in 0s\n");
}
END_TEST

/* For longer than the watchdog's time. */
START_TEST(a_service_that_keeps_its_watchdog_alive_runs_on)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--watchdog", "5", "--",
                                                    SCRIPT("for i in 1 2 3 4 5 6; do\n"
                                                           "    \"$0\" say WATCHDOG=1; sleep 1\n"
                                                           "done; exit 6"))),
                     6);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(other_messages_do_not_keep_it_alive)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST(WATCHED("300ms"), "--",
                                                    SCRIPT("trap 'exit 6' ABRT; echo >&3\n"
                                                           "while :; do\n"
                                                           "    \"$0\" say STATUS=busy WATCHDOG=0\n"
                                                           "done"))),
                     6);
    ck_assert_contains(process.errors.text, "the watchdog has expired");
}
END_TEST

START_TEST(the_watch_begins_when_the_service_is_ready)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("-v", "--notify", "--watchdog", "100ms", "--",
                                                    SCRIPT("trap 'exit 6' ABRT\n"
                                                           "\"$0\" say WATCHDOG=1; sleep 0.3\n"
                                                           "\"$0\" say READY=1\n"
                                                           "while :; do sleep 0.01; done"))),
                     6);
    ck_assert_ptr_nonnull(strstr(process.errors.text, "main: ready"));
    ck_assert_contains(strstr(process.errors.text, "main: ready"), "the watchdog has expired");
}
END_TEST

START_TEST(a_service_can_pull_the_trigger_itself)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--watchdog", "1h", "--",
                                                    SCRIPT("trap 'echo got ABRT; exit 0' ABRT\n"
                                                           "\"$0\" say WATCHDOG=trigger\n"
                                                           "while :; do sleep 0.01; done"))),
                     124);
    ck_assert_str_eq(process.output.text, "got ABRT\n");
}
END_TEST

/* Whether ABRT finds it still there or not. */
START_TEST(a_trigger_as_the_last_words_is_a_failure_too)
{
    struct process process;
    int code = process_run(&process,
                           AS_FIRST("--watchdog", "1h", "--", PROBE, "send", "WATCHDOG=trigger"));

    ck_assert_msg(code == 124 || code == 128 + SIGABRT, "exit code %d", code);
    ck_assert_str_eq(process.errors.text, "nsinit: main: the watchdog has expired\n");
}
END_TEST

START_TEST(a_service_can_make_its_watchdogs_time_shorter)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_FIRST("--watchdog", "1h", "--",
                             SCRIPT(AWAITS_ABRT("0") "\"$0\" say WATCHDOG_USEC=100000\n" LOOPS))),
        124);
}
END_TEST

START_TEST(a_service_can_make_its_watchdogs_time_longer)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST(WATCHED("1"), "--",
                                                    SCRIPT("\"$0\" say WATCHDOG_USEC=3600000000\n"
                                                           "echo >&3; sleep 1.2; exit 6"))),
                     6);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(the_next_run_has_the_planned_time_again)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_FIRST("--watchdog", "1h", "--restart", "on-failure:1", "--restart-delay",
                             "0", "--",
                             SCRIPT("[ -e /mnt/again ] && sleep 0.3 && exit 6\n"
                                    "mount -t tmpfs tmpfs /mnt; touch /mnt/again\n" AWAITS_ABRT(
                                        "0") "\"$0\" say WATCHDOG_USEC=100000\n" LOOPS))),
        6);
}
END_TEST

START_TEST(a_service_that_is_stopping_is_not_watched)
{
    struct process process;

    process_start(&process, AS_FIRST("--watchdog", "3s", "--stop", "TERM/1h/KILL", "--",
                                     SCRIPT("trap 'sleep 3.3; exit 6' TERM\n"
                                            "\"$0\" say WATCHDOG=1; echo there\n"
                                            "while :; do \"$0\" say WATCHDOG=1; done")));
    process_expect(&process, "there");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 6);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

/* ---- frozen ---------------------------------------------------------------------------------- */

/*
 * As docker pause does it: nsinit and the program are stopped together for longer than a timer and
 * a second, once it has said so by the pipe, and go on, nsinit first.
 */
static void is_spared(const char *options, const char *program, const char *seconds, int exit_code)
{
    static const char format[] =
        "cd %s; rm -f now pid; mkfifo now\n"
        "%s -s %s -- sh -c 'echo $$ >pid; %s' %s &\n"
        "n=$!; read x <now; kill -STOP $n $(cat pid); sleep %s; kill -CONT $n; sleep 0.2\n"
        "kill -CONT $(cat pid); (echo >now) & wait $n";
    char script[1000];
    struct process process;

    snprintf(script, sizeof script, format, test_directory(), nsinit_path(), options, program,
             probe_path(), seconds);
    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = COMMAND("sh", "-c", script),
                                                        .place = PLACE_SECOND}),
        exit_code);
    ck_assert_str_eq(process.errors.text, "");
    process_drop(&process);
}

START_TEST(a_freeze_of_all_makes_no_timer_go_off)
{
    is_spared("--watchdog 2", "\"$0\" say READY=1 WATCHDOG=1; echo >now; read x <now; exit 6", "5",
              6);
    is_spared("--notify --ready-timeout 2", "echo >now; read x <now; \"$0\" say READY=1; exit 6",
              "5", 6);
    is_spared("--stop TERM/2/KILL",
              "trap \"echo >now; read x <now; exit 6\" TERM; kill $PPID; sleep 1000 & wait", "5",
              6);
}
END_TEST

START_TEST(a_program_that_hangs_after_a_freeze_is_still_ended)
{
    is_spared("--stop TERM/2/KILL",
              "trap \"echo >now; read x <now; kill -STOP \\$\\$\" TERM; kill $PPID\n"
              "sleep 1000 & wait",
              "5", 128 + SIGKILL);
}
END_TEST

TCase *watchdog_case(void)
{
    const TTest *const tests[] = {the_program_finds_the_watchdogs_time_and_its_own_pid,
                                  nsinits_own_watchdog_is_not_the_services_then,
                                  libsystemd_sees_that_the_watchdog_is_on,
                                  a_silent_service_gets_abrt_and_has_failed,
                                  a_silent_service_in_its_own_pid_namespace_gets_abrt_too,
                                  a_stopped_program_is_continued_to_get_it,
                                  a_service_that_ignores_abrt_gets_kill_after_ten_seconds,
                                  a_silent_service_is_restarted_by_its_policy,
                                  a_service_that_keeps_its_watchdog_alive_runs_on,
                                  other_messages_do_not_keep_it_alive,
                                  the_watch_begins_when_the_service_is_ready,
                                  a_service_can_pull_the_trigger_itself,
                                  a_trigger_as_the_last_words_is_a_failure_too,
                                  a_service_can_make_its_watchdogs_time_shorter,
                                  a_service_can_make_its_watchdogs_time_longer,
                                  the_next_run_has_the_planned_time_again,
                                  a_service_that_is_stopping_is_not_watched,
                                  a_freeze_of_all_makes_no_timer_go_off,
                                  a_program_that_hangs_after_a_freeze_is_still_ended,
                                  NULL};

    return case_of("watchdog", tests);
}
