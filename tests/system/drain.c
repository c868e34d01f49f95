/*
 * drain.c - what becomes of the processes that the program leaves behind
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "system/system.h"

static void leave(struct process *process, const struct process_options *options)
{
    process_start(process, options);
    process_expect(process, "there");
    process_close_input(process);
}

START_TEST(what_is_left_gets_term_as_pid_1)
{
    struct process process;

    leave(&process, AS_FIRST("--drain", "TERM/1h/KILL", "--", PROBE, "polite"));
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
}
END_TEST

START_TEST(what_is_left_gets_term_from_a_subreaper)
{
    struct process process;

    leave(&process, AS_SECOND("-s", "--drain", "TERM/1h/KILL", "--", PROBE, "polite"));
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
    ck_assert(!process.left_some);
}
END_TEST

/* Only its group can be found then; the end of those who are no children is told by a pidfd. */
START_TEST(what_is_left_of_the_group_gets_term_where_nsinit_adopts_nobody)
{
    struct process process;

    leave(&process, AS_SECOND("--drain", "TERM/1h/KILL", "--", PROBE, "polite"));
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(who_ignores_term_in_a_session_of_its_own_gets_kill)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("--drain", "TERM/50ms/KILL", "--", PROBE, "stubborn")), 5);
    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--drain", "TERM/50ms/KILL", "--", PROBE,
                                                     "stubborn")),
                     5);
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(nothing_survives_a_subreaper_however_fast_it_runs_away)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--drain", "TERM/100ms/KILL", "--",
                                                     PROBE, "runners")),
                     6);
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(nothing_left_means_no_waiting)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--drain", "1h/TERM/1h/KILL", "--", "true")),
                     0);
    ck_assert_int_eq(
        process_run(&process, AS_SECOND("-s", "--drain", "1h/TERM/1h/KILL", "--", "true")), 0);
    ck_assert_int_eq(process_run(&process, AS_SECOND("--drain", "1h/TERM/1h/KILL", "--", "true")),
                     0);
}
END_TEST

START_TEST(a_second_stop_request_goes_on_to_the_next_step)
{
    struct process process;

    process_start(&process, AS_FIRST("-vv", "--drain", "TERM/1h/KILL", "--", PROBE, "stubborn"));
    process_expect(&process, "drain: TERM");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 5);
}
END_TEST

START_TEST(a_stopped_process_is_continued_so_that_it_can_end)
{
    struct process process;

    leave(&process, AS_FIRST("--drain", "TERM/1h/KILL", "--", PROBE, "stopped"));
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
}
END_TEST

START_TEST(an_ordinary_user_drains_and_reaps_too)
{
    struct process_options options = {
        .arguments = NSINIT("-w", "--drain", "TERM/1h/KILL", "--", PROBE, "daemon"),
        .place = PLACE_FIRST,
        .uid = ORDINARY_USER};
    struct process process;

    if (lacks_root("an_ordinary_user_drains_and_reaps_too"))
        return;
    leave(&process, &options);
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
    ck_assert_contains(process.errors.text, "reaped orphan");
}
END_TEST

START_TEST(no_drain_ends_at_once_and_leaves_the_rest)
{
    struct process process;

    leave(&process, AS_SECOND("-s", "--drain", "no", "--", PROBE, "polite"));
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_lacks(process.output.text, "got TERM");
    ck_assert(process.left_some);
}
END_TEST

/* Asked for in vain of tini and dumb-init: end when all have ended, and kill nobody. */
START_TEST(forever_waits_for_all_to_end_by_themselves)
{
    struct process process;

    process_start(&process, AS_FIRST("-vv", "--drain", "forever", "--", "sh", "-c",
                                     "exec 4<&0; (read x <&4; echo last one) & exit 3"));
    process_expect(&process, "ended, exit code 3");
    ck_assert(!process_has_ended(&process));
    process_type(&process, "\n");
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "last one");
}
END_TEST

START_TEST(a_daemon_that_forked_and_called_setsid_is_found_by_a_subreaper)
{
    struct process process;

    leave(&process, AS_SECOND("-s", "--drain", "TERM/1h/KILL", "--", PROBE, "daemon"));
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(the_group_of_whoever_started_nsinit_is_left_alone)
{
    struct process process;
    struct process_options options = {.arguments =
                                          COMMAND("sh", "-c",
                                                  "sleep 1000 & \"$0\" -c --drain TERM/0 -- true; "
                                                  "kill -0 $! && echo still there",
                                                  nsinit_path()),
                                      .place = PLACE_SECOND};

    process_run(&process, &options);
    ck_assert_contains(process.output.text, "still there");
}
END_TEST

START_TEST(pause_reaps_until_term_or_int)
{
    static const int ends[] = {SIGTERM, SIGINT};

    for (size_t i = 0; i < 2; i++) {
        struct process process;

        process_start(&process, &(struct process_options){
                                    .arguments = COMMAND("sh", "-c", "(exit 3) & exec \"$0\" -P -w",
                                                         nsinit_path()),
                                    .place = PLACE_FIRST});
        process_expect(&process, "exit code 3");
        process_signal(&process, SIGUSR1);
        process_signal(&process, ends[i]);
        ck_assert_int_eq(process_wait(&process), 0);
        process_drop(&process);
    }
}
END_TEST

TCase *drain_case(void)
{
    const TTest *const tests[] = {what_is_left_gets_term_as_pid_1,
                                  what_is_left_gets_term_from_a_subreaper,
                                  what_is_left_of_the_group_gets_term_where_nsinit_adopts_nobody,
                                  who_ignores_term_in_a_session_of_its_own_gets_kill,
                                  nothing_survives_a_subreaper_however_fast_it_runs_away,
                                  nothing_left_means_no_waiting,
                                  a_second_stop_request_goes_on_to_the_next_step,
                                  a_stopped_process_is_continued_so_that_it_can_end,
                                  an_ordinary_user_drains_and_reaps_too,
                                  no_drain_ends_at_once_and_leaves_the_rest,
                                  forever_waits_for_all_to_end_by_themselves,
                                  a_daemon_that_forked_and_called_setsid_is_found_by_a_subreaper,
                                  the_group_of_whoever_started_nsinit_is_left_alone,
                                  pause_reaps_until_term_or_int,
                                  NULL};

    return case_of("drain", tests);
}
