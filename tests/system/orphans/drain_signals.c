/*
 * drain_signals.c - signals to nsinit while it drains, and to whom the drain need not send any
 */
#include <signal.h>
#include <stdio.h>

#include "system/system.h"

/* As PID 1, as a subreaper, and where nsinit adopts nobody. */
static const struct {
    enum place place;
    const char *option;
} roles[] = {
    {PLACE_FIRST, "-vv"},
    {PLACE_SECOND, "-vvs"},
    {PLACE_SECOND, "-vv"},
};
enum { ROLE_COUNT = sizeof roles / sizeof roles[0] };

static void start(struct process *process, int role, const char *const *arguments)
{
    process_start(process,
                  &(struct process_options){.arguments = arguments, .place = roles[role].place});
}

/* ---- requests to stop --------------------------------------------------------------------- */

START_TEST(a_request_ends_a_drain_for_ever_by_term_and_time)
{
    struct process process;

    start(&process, _i, NSINIT(roles[_i].option, "--drain", "forever", "--", PROBE, "polite"));
    process_expect(&process, "there");
    process_close_input(&process);
    process_expect(&process, "ended, exit code 3");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
}
END_TEST

START_TEST(a_request_before_the_end_does_too)
{
    struct process process;

    start(&process, _i, NSINIT(roles[_i].option, "--drain", "forever", "--", PROBE, "polite"));
    process_expect(&process, "there");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    ck_assert_contains(process.output.text, "got TERM");
}
END_TEST

START_TEST(leftovers_are_ended_by_the_programs_stop_schedule)
{
    struct process process;

    start(&process, _i,
          NSINIT(roles[_i].option, "--drain", "forever", "--stop", "USR1/10ms/TERM/1h/KILL", "--",
                 PROBE, "polite"));
    process_expect(&process, "there");
    process_close_input(&process);
    process_expect(&process, "ended, exit code 3");
    process_signal(&process, SIGTERM);
    process_expect(&process, "drain: stop remaining processes: USR1");
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
}
END_TEST

START_TEST(a_schedule_without_kill_goes_on_to_one)
{
    struct process process;

    process_start(&process, AS_FIRST("-vv", "--drain", "USR1", "--", PROBE, "polite"));
    process_expect(&process, "there");
    process_close_input(&process);
    process_expect(&process, "drain: stop remaining processes: USR1");
    process_signal(&process, SIGINT);
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
}
END_TEST

/* ---- all others --------------------------------------------------------------------------- */

#define LEAVES_A_LISTENER "sh", "-c", "exec 4<&0; \"$0\" signals 2 & read x <&4; exit 3", PROBE

START_TEST(other_signals_reach_what_is_left)
{
    struct process process;

    start(
        &process, _i,
        NSINIT(roles[_i].option, "--drain", "forever", "-r", "USR1:USR2", "--", LEAVES_A_LISTENER));
    process_expect(&process, "ready");
    process_type(&process, "\n");
    process_expect(&process, "ended, exit code 3");
    process_signal(&process, SIGHUP);
    process_expect(&process, "got 1 ");
    process_signal(&process, SIGUSR1);
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got 12 ");
}
END_TEST

START_TEST(signals_reach_the_leftovers_of_a_pod)
{
    struct process process;

    process_start(&process, AS_POD("[pod]\ndrain = forever\n[service a]\n"
                                   "command = sh -c '%s signals 1 & read x; exit 3'\n",
                                   PROBE));
    process_expect(&process, "ready");
    process_type(&process, "\n");
    process_expect(&process, "ended, exit code 3");
    process_signal(&process, SIGHUP);
    process_expect(&process, "got 1 ");
    process_wait(&process);
}
END_TEST

/* ---- who knows already -------------------------------------------------------------------- */

/* The real-time signal asks the child how often TERM has come by then. */
#define ASKS "--drain", "TERM/0/RTMIN/1h/KILL"

static void ck_assert_hears_once(struct process *process)
{
    process_expect(process, "there");
    process_signal(process, SIGTERM);
    ck_assert_int_eq(process_wait(process), 128 + SIGTERM);
    ck_assert_contains(process->output.text, "TERM came 1 times");
}

START_TEST(the_group_hears_term_once)
{
    struct process process;

    start(&process, _i, NSINIT(roles[_i].option, "-g", ASKS, "--", PROBE, "patient"));
    ck_assert_hears_once(&process);
}
END_TEST

START_TEST(all_processes_hear_term_once)
{
    struct process process;

    start(&process, _i,
          NSINIT(roles[_i].option, "--stop", "TERM/100ms/RTMIN/1h/KILL", "--stop-all", ASKS, "--",
                 PROBE, "patient"));
    ck_assert_hears_once(&process);
}
END_TEST

START_TEST(all_of_a_pid_namespace_hear_term_once)
{
    struct process process;

    if (lacks_root("all_of_a_pid_namespace_hear_term_once"))
        return;
    process_start(&process,
                  AS_SECOND("-s", "--unshare", "pid,mnt", "--stop", "TERM/100ms/RTMIN/1h/KILL",
                            "--stop-all", ASKS, "--", PROBE, "patient"));
    ck_assert_hears_once(&process);
}
END_TEST

START_TEST(a_process_that_missed_the_signal_gets_it_in_the_drain)
{
    struct process process;

    start(&process, _i, NSINIT(roles[_i].option, ASKS, "--", PROBE, "patient"));
    ck_assert_hears_once(&process);
}
END_TEST

TCase *drain_signals_case(void)
{
    const TTest *const tests[] = {a_schedule_without_kill_goes_on_to_one,
                                  signals_reach_the_leftovers_of_a_pod,
                                  all_of_a_pid_namespace_hear_term_once, NULL};
    static const TTest *const *const by_role[] = {
        &a_request_ends_a_drain_for_ever_by_term_and_time,
        &a_request_before_the_end_does_too,
        &leftovers_are_ended_by_the_programs_stop_schedule,
        &other_signals_reach_what_is_left,
        &the_group_hears_term_once,
        &all_processes_hear_term_once,
        &a_process_that_missed_the_signal_gets_it_in_the_drain,
    };
    TCase *tcase = case_of("drain_signals", tests);

    for (size_t i = 0; i < sizeof by_role / sizeof by_role[0]; i++)
        tcase_add_loop_test(tcase, *by_role[i], 0, ROLE_COUNT);
    return tcase;
}
