/*
 * drain.c - what becomes of the processes that the program leaves behind
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/system.h"

static void leave(struct process *process, const struct process_options *options)
{
    process_start(process, options);
    process_expect(process, "there");
    process_close_input(process);
}

START_TEST(leftovers_get_term_as_pid_1)
{
    struct process process;

    leave(&process, AS_FIRST("--drain", "TERM/1h/KILL", "--", PROBE, "polite"));
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
}
END_TEST

START_TEST(leftovers_get_term_from_a_subreaper)
{
    struct process process;

    leave(&process, AS_SECOND("-s", "--drain", "TERM/1h/KILL", "--", PROBE, "polite"));
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
    ck_assert(!process.left_some);
}
END_TEST

/* Only its group can be found then; the end of those who are no children is told by a pidfd. */
START_TEST(leftovers_of_the_group_get_term_without_adoption)
{
    struct process process;

    leave(&process, AS_SECOND("--drain", "TERM/1h/KILL", "--", PROBE, "polite"));
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
    ck_assert(!process.left_some);
}
END_TEST

/*
 * Then what is left is watched before nsinit's loop has made its first turn, in which nsinit closes
 * the files that are the program's alone: not the one that it watches by.
 */
START_TEST(leftovers_of_a_program_that_ends_at_once_are_waited_for)
{
    for (int i = 0; i < 60; i++) {
        struct process process;

        ck_assert_int_eq(process_run(&process, AS_SECOND("--drain", "TERM/1h/KILL", "--", "sh",
                                                         "-c", "sleep 1000 & exit 3")),
                         3);
        ck_assert(!process.left_some);
        process_drop(&process);
    }
}
END_TEST

START_TEST(a_process_that_ignores_term_in_its_own_session_gets_kill)
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
    process_expect(&process, "drain: stop remaining processes: TERM");
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

START_TEST(a_process_whose_main_thread_has_ended_is_found)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_SECOND("-s", "--drain", "TERM/1h/KILL", "--", PROBE, "headless")),
        3);
    ck_assert(!process.left_some);
    ck_assert_int_eq(
        process_run(&process, AS_FIRST("--drain", "TERM/1h/KILL", "--", PROBE, "headless")), 3);
}
END_TEST

/* As docker exec does it. TERM comes with a CONT. */
START_TEST(a_visitor_from_outside_gets_term_and_time)
{
    struct process process;
    struct process guest;
    char pid[16];

    if (lacks_root("a_visitor_from_outside_gets_term_and_time"))
        return;
    process_start(&process, AS_FIRST("-vv", "--drain", "TERM/1h/KILL", "--", "sh", "-c",
                                     "echo run; read x; exit 3"));
    process_expect(&process, "run\n");
    snprintf(pid, sizeof pid, "%d", process.pid);
    process_start(&guest, &(struct process_options){.arguments = COMMAND("nsenter", "--target", pid,
                                                                         "--pid", "--mount", "--",
                                                                         PROBE, "signals", "2")});
    process_expect(&guest, "ready\n");
    process_type(&process, "\n");
    ck_assert_int_eq(process_wait(&guest), 0);
    ck_assert_contains(guest.output.text, "got 15 ");
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.errors.text, "drain: stop remaining processes: TERM");
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

START_TEST(the_process_group_of_nsinits_caller_is_left_alone)
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

/*
 * ---- a number that is another group's by now ------------------------------------------------
 * Shell scripts under a PID 1 that reaps: $0 is nsinit, $1 the probe, $2 a directory. The unrelated
 * process gets the pid that the leader of a service's group had, in a session of its own, and is to
 * live.
 */
#define FIFOS "set -eu; cd $2; rm -f pid go there; mkfifo pid go there\n"
#define UNRELATED                           \
    "while kill -0 $pid 2>&-; do :; done\n" \
    "$1 recycle $pid 9>there & read x <there; [ \"$x\" = unrelated ]\n"
#define IS_SPARED "grep -q '^State:.[RS]' /proc/$pid/status; echo spared; kill -KILL $pid\n"

/* Before Linux 6.9 pidfd_send_signal(2) has no flag for a group. */
static void refuse_group_signal(void *argument)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_send_signal, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[3])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};

    (void)argument;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        _exit(98);
}

static void (*const kernels[])(void *argument) = {NULL, refuse_group_signal};

static void ck_assert_spares(const char *script, int index)
{
    struct process process;

    process_run(&process,
                &(struct process_options){.arguments = COMMAND("sh", "-c", script, nsinit_path(),
                                                               PROBE, test_directory()),
                                          .place = PLACE_SECOND,
                                          .prepare = kernels[index]});
    ck_assert_int_eq(process.exit_code, 0);
    ck_assert_contains(process.output.text, "spared");
}

START_TEST(a_process_with_the_pid_of_a_service_that_ended_long_ago_is_spared)
{
    if (lacks_root("a_process_with_the_pid_of_a_service_that_ended_long_ago_is_spared"))
        return;
    ck_assert_spares(FIFOS "printf '[pod]\\ncontrol = no\\ndrain = TERM/0/KILL\\n[service a]\\n"
                           "command = sh -c \"echo $$ >pid\"\\n"
                           "[service b]\\ncommand = sh -c \"read x <go\"\\n' >pod\n"
                           "$0 --pod pod & n=$!; read pid <pid\n" UNRELATED
                           "echo >go; wait $n\n" IS_SPARED,
                     _i);
}
END_TEST

START_TEST(a_process_with_the_pid_of_an_ended_leftover_is_spared)
{
    if (lacks_root("a_process_with_the_pid_of_an_ended_leftover_is_spared"))
        return;
    /* nsinit waits for the last member, and looks only when the number is the unrelated process's.
     */
    ck_assert_spares(FIFOS "$0 -vv --drain URG/1h/KILL -- "
                           "sh -c 'sleep 1000 & echo $$ $! >pid; exit 5' 2>log & n=$!\n"
                           "read pid member <pid\n"
                           "until grep -q 'drain: stop remaining processes: URG' log; do :; done\n"
                           "kill -STOP $n; kill -KILL $member\n"
                           "while kill -0 $member 2>&-; do :; done\n" UNRELATED
                           "kill -CONT $n; kill -TERM $n || :\n"
                           "code=0; wait $n || code=$?; [ $code = 5 ]\n" IS_SPARED,
                     _i);
}
END_TEST

TCase *drain_case(void)
{
    const TTest *const tests[] = {leftovers_get_term_as_pid_1,
                                  leftovers_get_term_from_a_subreaper,
                                  leftovers_of_the_group_get_term_without_adoption,
                                  leftovers_of_a_program_that_ends_at_once_are_waited_for,
                                  a_process_that_ignores_term_in_its_own_session_gets_kill,
                                  nothing_survives_a_subreaper_however_fast_it_runs_away,
                                  nothing_left_means_no_waiting,
                                  a_second_stop_request_goes_on_to_the_next_step,
                                  a_stopped_process_is_continued_so_that_it_can_end,
                                  an_ordinary_user_drains_and_reaps_too,
                                  no_drain_ends_at_once_and_leaves_the_rest,
                                  a_process_whose_main_thread_has_ended_is_found,
                                  a_visitor_from_outside_gets_term_and_time,
                                  forever_waits_for_all_to_end_by_themselves,
                                  a_daemon_that_forked_and_called_setsid_is_found_by_a_subreaper,
                                  the_process_group_of_nsinits_caller_is_left_alone,
                                  pause_reaps_until_term_or_int,
                                  NULL};

    TCase *tcase = case_of("drain", tests);

    tcase_add_loop_test(tcase, a_process_with_the_pid_of_a_service_that_ended_long_ago_is_spared, 0,
                        2);
    tcase_add_loop_test(tcase, a_process_with_the_pid_of_an_ended_leftover_is_spared, 0, 2);
    return tcase;
}
