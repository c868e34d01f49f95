/*
 * leftovers.c - nothing of a run lives on when the next one begins, and nobody else is hurt
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/system.h"

/* A port below those the kernel gives away, and for this run of the tests alone. */
static const char *port(void)
{
    static char text[16];

    snprintf(text, sizeof text, "%d", 20000 + (int)getppid() % 12000);
    return text;
}

/* Three runs that each need the lock, the socket's name and the port that the last one has had. */
#define HOLDERS(how)                                                                 \
    "--restart", "on-failure:2", "--restart-delay", "0", "--", PROBE, "holder", how, \
        fresh_file("lock"), port()

static void ck_assert_takes_all_again(const char *const *arguments, enum place place, uid_t uid)
{
    struct process_options options = {.arguments = arguments, .place = place, .uid = uid};
    struct process process;

    process_run(&process, &options);
    ck_assert_lacks(process.errors.text, "taken");
    ck_assert_int_eq(count_of(process.output.text, "took all\n"), 3);
    ck_assert_int_eq(process.exit_code, 7);
    ck_assert(!process.left_some);
    process_drop(&process);
}

/* Long enough to end on TERM. Where that is not enough, KILL is what is to be seen. */
#define PATIENCE "--stop", "TERM/50ms/KILL", "--drain", "KILL"

/* What ignores TERM gets KILL; its own session hides it from nobody but a process group. */
static const char *const kinds[] = {"plain", "stopped", "stubborn", "daemon"};

START_TEST(a_restart_as_pid_1_finds_port_and_lock_free)
{
    ck_assert_takes_all_again(NSINIT(PATIENCE, HOLDERS(kinds[_i])), PLACE_FIRST, 0);
}
END_TEST

START_TEST(a_restart_of_a_subreaper_finds_port_and_lock_free)
{
    ck_assert_takes_all_again(NSINIT("-s", PATIENCE, HOLDERS(kinds[_i])), PLACE_SECOND, 0);
}
END_TEST

START_TEST(a_restart_in_a_pid_namespace_finds_port_and_lock_free)
{
    if (lacks_root("a_restart_in_a_pid_namespace_finds_port_and_lock_free"))
        return;
    ck_assert_takes_all_again(NSINIT(PATIENCE, "--unshare", "pid", HOLDERS(kinds[_i])),
                              PLACE_SECOND, 0);
}
END_TEST

/* All but the daemon. */
enum { KINDS_OF_THE_GROUP = 3 };

START_TEST(a_restart_without_adoption_finds_port_and_lock_free)
{
    ck_assert_takes_all_again(NSINIT(PATIENCE, HOLDERS(kinds[_i])), PLACE_SECOND, 0);
}
END_TEST

START_TEST(a_restart_by_an_ordinary_user_finds_port_and_lock_free)
{
    if (lacks_root("a_restart_by_an_ordinary_user_finds_port_and_lock_free"))
        return;
    ck_assert_takes_all_again(NSINIT(PATIENCE, HOLDERS(kinds[_i])), PLACE_FIRST, ORDINARY_USER);
    ck_assert_takes_all_again(NSINIT("-s", PATIENCE, HOLDERS(kinds[_i])), PLACE_SECOND,
                              ORDINARY_USER);
}
END_TEST

START_TEST(without_a_stop_schedule_that_of_the_drain_ends_what_is_left)
{
    ck_assert_takes_all_again(NSINIT("-s", "--drain", "TERM/50ms/KILL", HOLDERS("stubborn")),
                              PLACE_SECOND, 0);
    ck_assert_takes_all_again(NSINIT("-s", "--drain", "KILL", HOLDERS("daemon")), PLACE_SECOND, 0);
}
END_TEST

/* A restart can't do without it: the drain's `no` is about nsinit's end. */
START_TEST(no_drain_does_not_spare_what_is_left_before_a_restart)
{
    struct process process;

    process_run(&process, AS_SECOND("-s", "--drain", "no", HOLDERS("plain")));
    ck_assert_int_eq(count_of(process.output.text, "took all\n"), 3);
    ck_assert(process.left_some);
}
END_TEST

START_TEST(a_schedule_without_waits_ends_in_kill_all_the_same)
{
    ck_assert_takes_all_again(
        NSINIT("-s", "--stop", "TERM/20ms", "--drain", "KILL", HOLDERS("daemon")), PLACE_SECOND, 0);
}
END_TEST

/* In a pod each has its own process group, and the first one's is not the one to be looked at. */
START_TEST(a_restart_of_the_second_service_clears_its_own_group_alone)
{
    struct process process;

    process_run(&process, AS_POD("[service first]\ncommand = sleep 1000\n"
                                 "[service second]\ncommand = %s holder plain %s %s\n"
                                 "restart = on-failure:2\nrestart-delay = 0\n"
                                 "stop = TERM/50ms/KILL\nessential = yes\n",
                                 PROBE, fresh_file("lock"), port()));
    ck_assert_int_eq(process.exit_code, 7);
    ck_assert_lacks(process.errors.text, "taken");
    ck_assert_int_eq(count_of(process.output.text, "took all\n"), 3);
    ck_assert_contains(process.errors.text, "second: essential service ended");
    ck_assert_contains(strstr(process.errors.text, "second: essential service ended"),
                       "first: ended");
    ck_assert_int_eq(count_of(process.errors.text, "first: ended"), 1);
}
END_TEST

START_TEST(leftovers_get_term_first)
{
    struct process process;

    process_start(&process, AS_FIRST("--restart", "on-failure:1", QUICKLY, "--stop", "TERM/1h/KILL",
                                     "--drain", "KILL", "--", PROBE, "polite"));
    process_expect(&process, "there\n");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_int_eq(count_of(process.output.text, "got TERM\n"), 1);
}
END_TEST

START_TEST(nothing_survives_a_restart_however_fast_it_runs_away)
{
    struct process process;

    process_run(&process, AS_SECOND("-s", "--restart", "on-failure:2", QUICKLY, "--stop",
                                    "TERM/20ms/KILL", "--drain", "KILL", "--", PROBE, "runners"));
    ck_assert_int_eq(process.exit_code, 6);
    ck_assert(!process.left_some);
}
END_TEST

/* ---- what a stop leaves -------------------------------------------------------------------- */

/* A FIFO for the probe's worker, which ends when something is written to it. */
static const char *new_fifo(void)
{
    static char path[200];

    snprintf(path, sizeof path, "%s/fifo", test_directory());
    (void)unlink(path);
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    ck_assert_int_eq(chmod(path, 0666), 0);
    return path;
}

static void release(const char *fifo)
{
    int fd = open(fifo, O_WRONLY | O_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, "x", 1), 1);
    close(fd);
}

/* The program dies of TERM at once; its child gets it, too, once, and all the time it needs. */
static void ck_assert_waits_for_the_worker(const struct process_options *options, const char *fifo)
{
    struct process process;

    process_start(&process, options);
    process_expect(&process, "main: started");
    process_expect(&process, "working\n");
    process_signal(&process, SIGTERM);
    process_expect(&process, "worker got 15\n");
    release(fifo);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    ck_assert_contains(process.output.text, "worker done\n");
    ck_assert_int_eq(count_of(process.output.text, "worker got"), 1);
    ck_assert(!process.left_some);
    process_drop(&process);
}

#define LEAVES_A_WORKER \
    "-v", "--drain", "KILL", "--stop", "TERM/1h/KILL", "--", PROBE, "worker", fifo

START_TEST(leftovers_of_a_stopped_program_have_the_rest_of_its_schedule)
{
    const char *fifo = new_fifo();

    ck_assert_waits_for_the_worker(AS_FIRST(LEAVES_A_WORKER), fifo);
    ck_assert_waits_for_the_worker(AS_SECOND("-s", LEAVES_A_WORKER), fifo);
    ck_assert_waits_for_the_worker(AS_SECOND(LEAVES_A_WORKER), fifo);
    ck_assert_waits_for_the_worker(AS_SECOND("--unshare", "pid", LEAVES_A_WORKER), fifo);
}
END_TEST

START_TEST(a_process_that_had_the_stop_signal_gets_no_second_one)
{
    const char *const options[] = {"-g", "--stop-all"};
    const char *fifo = new_fifo();

    ck_assert_waits_for_the_worker(AS_FIRST(options[_i], LEAVES_A_WORKER), fifo);
    ck_assert_waits_for_the_worker(AS_SECOND("-s", options[_i], LEAVES_A_WORKER), fifo);
    ck_assert_waits_for_the_worker(AS_SECOND(options[_i], LEAVES_A_WORKER), fifo);
    ck_assert_waits_for_the_worker(AS_SECOND("--unshare", "pid", options[_i], LEAVES_A_WORKER),
                                   fifo);
}
END_TEST

START_TEST(the_schedule_of_a_stop_ends_what_is_left_with_kill)
{
    static const char *const places[] = {"-w", "-s", "--unshare=pid"};
    struct process process;

    process_start(&process, AS_SECOND("-v", places[_i], "--drain", "forever", "--stop",
                                      "TERM/2s/INT/2s/KILL", "--", PROBE, "worker", new_fifo()));
    process_expect(&process, "main: started");
    process_expect(&process, "working\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM + (_i == 2 ? 9 - 15 : 0));
    ck_assert_contains(process.output.text, "worker got 15\nworker got 2\n");
    ck_assert_lacks(process.output.text, "worker done");
    ck_assert(!process.left_some);
}
END_TEST

/* As for nginx: the schedule names a signal and no time. */
START_TEST(leftovers_of_a_schedule_without_an_end_are_drained)
{
    struct process process;

    process_start(&process, AS_SECOND("-s", "--drain", "USR1/2s/KILL", "--stop", "TERM", "--",
                                      PROBE, "worker", new_fifo()));
    process_expect(&process, "working\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    ck_assert_contains(process.output.text, "worker got 10\n");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(a_request_that_comes_twice_leaves_the_drain_its_time)
{
    const char *fifo = new_fifo();
    struct process process;

    process_start(&process,
                  AS_SECOND("-s", "-vv", "--drain", "TERM/1h/KILL", "--", PROBE, "worker", fifo));
    process_expect(&process, "working\n");
    process_signal(&process, SIGTERM);
    process_expect(&process, "worker got 15\n");
    process_signal(&process, SIGINT);
    process_expect(&process, "ignored a second request to stop within 2s\n");
    release(fifo);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    ck_assert_contains(process.output.text, "worker done\n");
}
END_TEST

static void ck_assert_stops_the_database_last(const char *app, int code, bool ends_by_itself)
{
    const char *fifo = new_fifo();
    struct process process;

    process_start(&process, AS_POD("[pod]\ndrain = KILL\n"
                                   "[service db]\ncommand = sleep 1000\n"
                                   "[service app]\nafter = db\nstop = TERM/1h/KILL\n"
                                   "essential = yes\ncommand = %s worker %s %s\n",
                                   PROBE, fifo, app));
    process_expect(&process, "working\n");
    if (!ends_by_itself)
        process_signal(&process, SIGTERM);
    process_expect(&process, "worker got 15\n");
    ck_assert_lacks(process.errors.text, "db: stop");
    release(fifo);
    ck_assert_int_eq(process_wait(&process), code);
    ck_assert_contains(process.output.text, "worker done\n");
    ck_assert_contains(process.errors.text, "db: stop");
    ck_assert(!process.left_some);
    process_drop(&process);
}

START_TEST(a_service_is_stopped_when_nothing_is_left_of_those_that_wait_for_it)
{
    ck_assert_stops_the_database_last("", 128 + SIGTERM, false);
    ck_assert_stops_the_database_last("5", 5, true);
}
END_TEST

/* ---- who is spared ------------------------------------------------------------------------ */

/* The program ends by a line on its stdin, and leaves something behind. */
#define ENDS_BY_A_LINE                                \
    "--restart", "always", QUICKLY, "--", "sh", "-c", \
        "echo run; read x; sleep 1000 & echo left $!; exit 1"

/* As docker exec does it. */
static void enter(struct process *guest, const struct process *process, const char *script)
{
    char pid[16];

    snprintf(pid, sizeof pid, "%d", process->pid);
    process_start(guest, &(struct process_options){.arguments = COMMAND("nsenter", "--target", pid,
                                                                        "--pid", "--mount", "--",
                                                                        "sh", "-c", script)});
}

static void ck_assert_spares_a_guest(const char *const *arguments)
{
    struct process process;
    struct process guest;

    process_start(&process,
                  &(struct process_options){.arguments = arguments, .place = PLACE_FIRST});
    process_expect(&process, "run\n");
    enter(&guest, &process, "echo inside; while read x; do pgrep -c sleep; done; exit 9");
    process_expect(&guest, "inside\n");
    for (int i = 0; i < 3; i++) {
        process_type(&process, "\n");
        process_expect(&process, "left ");
        process_expect(&process, "run\n");
        process_type(&guest, "\n");
        process_expect(&guest, "0\n");
    }
    process_close_input(&guest);
    ck_assert_int_eq(process_wait(&guest), 9);
    process_signal(&process, SIGTERM);
    process_wait(&process);
    process_drop(&process);
}

START_TEST(a_visitor_from_outside_is_spared)
{
    if (lacks_root("a_visitor_from_outside_is_spared"))
        return;
    ck_assert_spares_a_guest(NSINIT(ENDS_BY_A_LINE));
    ck_assert_spares_a_guest(NSINIT("--stop", "KILL", ENDS_BY_A_LINE));
}
END_TEST

START_TEST(at_the_end_no_process_is_spared)
{
    struct process process;
    struct process guest;

    if (lacks_root("at_the_end_no_process_is_spared"))
        return;
    process_start(&process, AS_FIRST("--drain", "KILL", ENDS_BY_A_LINE));
    process_expect(&process, "run\n");
    enter(&guest, &process, "echo inside; read x");
    process_expect(&guest, "inside\n");
    process_signal(&process, SIGTERM);
    process_wait(&process);
    ck_assert_int_eq(process_wait(&guest), 128 + SIGKILL);
}
END_TEST

/* A shell's job that lives on in `exec nsinit`. */
static void ck_assert_spares_an_unrelated_process(const char *option, enum place place)
{
    struct process_options options = {
        .arguments = COMMAND("sh", "-c",
                             "sleep 1000 & export UNRELATED=$!; exec \"$0\" $1 --stop KILL "
                             "--restart on-failure:2 --restart-delay 1ms -- sh -c '"
                             "kill -0 $UNRELATED && echo unrelated lives; "
                             "[ $(pgrep -c sleep) -le 1 ] && echo alone; sleep 1000 & exit 1'",
                             nsinit_path(), option),
        .place = place};
    struct process process;

    process_run(&process, &options);
    ck_assert_int_eq(count_of(process.output.text, "unrelated lives\n"), 3);
    ck_assert_int_eq(count_of(process.output.text, "alone\n"), 3);
    process_drop(&process);
}

START_TEST(children_that_nsinit_was_executed_with_are_spared)
{
    ck_assert_spares_an_unrelated_process("-w", PLACE_FIRST);
    ck_assert_spares_an_unrelated_process("-s", PLACE_SECOND);
    ck_assert_spares_an_unrelated_process("-w", PLACE_SECOND);
}
END_TEST

TCase *leftovers_case(void)
{
    const TTest *const tests[] = {
        without_a_stop_schedule_that_of_the_drain_ends_what_is_left,
        no_drain_does_not_spare_what_is_left_before_a_restart,
        a_schedule_without_waits_ends_in_kill_all_the_same,
        a_restart_of_the_second_service_clears_its_own_group_alone,
        leftovers_get_term_first,
        nothing_survives_a_restart_however_fast_it_runs_away,
        a_visitor_from_outside_is_spared,
        at_the_end_no_process_is_spared,
        children_that_nsinit_was_executed_with_are_spared,
        leftovers_of_a_stopped_program_have_the_rest_of_its_schedule,
        leftovers_of_a_schedule_without_an_end_are_drained,
        a_request_that_comes_twice_leaves_the_drain_its_time,
        a_service_is_stopped_when_nothing_is_left_of_those_that_wait_for_it,
        NULL};
    const TTest *const of_each_kind[] = {a_restart_as_pid_1_finds_port_and_lock_free,
                                         a_restart_of_a_subreaper_finds_port_and_lock_free,
                                         a_restart_in_a_pid_namespace_finds_port_and_lock_free,
                                         a_restart_by_an_ordinary_user_finds_port_and_lock_free};
    TCase *tcase = case_of("leftovers", tests);

    for (size_t i = 0; i < sizeof of_each_kind / sizeof of_each_kind[0]; i++)
        tcase_add_loop_test(tcase, of_each_kind[i], 0, sizeof kinds / sizeof kinds[0]);
    tcase_add_loop_test(tcase, a_restart_without_adoption_finds_port_and_lock_free, 0,
                        KINDS_OF_THE_GROUP);
    tcase_add_loop_test(tcase, a_process_that_had_the_stop_signal_gets_no_second_one, 0, 2);
    tcase_add_loop_test(tcase, the_schedule_of_a_stop_ends_what_is_left_with_kill, 0, 3);
    return tcase;
}
