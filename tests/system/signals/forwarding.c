/*
 * forwarding.c - every signal arrives: which, how often, in which order, with what value
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/system.h"

enum { LAST_SIGNAL = 64, REALTIME = 40 };

static bool can_be_caught(int signal_number)
{
    return signal_number != SIGKILL && signal_number != SIGSTOP;
}

/* sigqueue(3) of the C library refuses the signals it keeps for itself. */
static void queue(const struct process *process, int signal_number, int value)
{
    siginfo_t info = {.si_signo = signal_number, .si_code = SI_QUEUE, .si_pid = getpid()};

    info.si_value.sival_int = value;
    ck_assert_int_eq(syscall(SYS_rt_sigqueueinfo, process->pid, signal_number, &info), 0);
}

static void send_each_signal(const struct process_options *options)
{
    struct process process;

    process_start(&process, options);
    process_expect(&process, "ready");
    for (int signal_number = 1; signal_number <= LAST_SIGNAL; signal_number++) {
        char expected[32];

        if (!can_be_caught(signal_number))
            continue;
        snprintf(expected, sizeof expected, "got %d code", signal_number);
        process_signal(&process, signal_number);
        process_expect(&process, expected);
    }
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "got"), LAST_SIGNAL - 2);
    ck_assert_str_eq(process.errors.text, "");
}

START_TEST(every_catchable_signal_arrives_at_the_program)
{
    send_each_signal(AS_FIRST("--", PROBE, "signals", "62"));
}
END_TEST

START_TEST(every_catchable_signal_arrives_at_the_group)
{
    send_each_signal(AS_FIRST("-g", "--", PROBE, "signals", "62"));
}
END_TEST

START_TEST(every_catchable_signal_arrives_without_being_pid_1)
{
    send_each_signal(AS_SECOND("-s", "--", PROBE, "signals", "62"));
}
END_TEST

START_TEST(every_catchable_signal_arrives_as_an_ordinary_user)
{
    struct process_options options = {.arguments = NSINIT("--", PROBE, "signals", "62"),
                                      .place = PLACE_FIRST,
                                      .uid = ORDINARY_USER};

    if (lacks_root("every_catchable_signal_arrives_as_an_ordinary_user"))
        return;
    send_each_signal(&options);
}
END_TEST

/* A machine with little memory allows fewer than these. */
static void allow_pending(void *argument)
{
    (void)argument;
    (void)setrlimit(RLIMIT_SIGPENDING, &(struct rlimit){30000, 30000});
}

START_TEST(ten_thousand_real_time_signals_keep_their_value_and_order)
{
    const struct process_options options = {.arguments = NSINIT("--", PROBE, "values", "10000"),
                                            .place = PLACE_FIRST,
                                            .uid = geteuid() == 0 ? lonely_user() : 0,
                                            .prepare = allow_pending};
    struct process process;

    process_start(&process, &options);
    process_expect(&process, "ready");
    for (int value = 0; value < 10000; value++)
        queue(&process, REALTIME, value);
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "10000 in order");
}
END_TEST

static void limit_pending(void *argument)
{
    (void)argument;
    ck_assert_int_eq(setrlimit(RLIMIT_SIGPENDING, &(struct rlimit){64, 64}), 0);
}

/*
 * The limit counts by user: what waits in nsinit's queue and what waits in the program's. Once
 * both are full the sender is told (EAGAIN), and nothing that was accepted is lost.
 */
START_TEST(a_full_queue_is_told_to_the_sender_and_loses_nothing)
{
    struct process_options options = {.arguments = NSINIT("--", PROBE, "until", "45"),
                                      .place = PLACE_FIRST,
                                      .uid = lonely_user(),
                                      .prepare = limit_pending};
    siginfo_t info = {.si_signo = REALTIME, .si_code = SI_QUEUE};
    struct process process;
    char expected[32];
    int sent = 0;

    if (lacks_root("a_full_queue_is_told_to_the_sender_and_loses_nothing"))
        return;
    process_start(&process, &options);
    process_expect(&process, "ready");
    ck_assert_int_eq(kill(process.pid, 0), 0);
    for (int i = 0; i < 20000; i++)
        if (syscall(SYS_rt_sigqueueinfo, process.pid, REALTIME, &info) == 0)
            sent++;
        else
            ck_assert_int_eq(errno, EAGAIN);
    while (syscall(SYS_rt_sigqueueinfo, process.pid, 45, &info) < 0)
        ck_assert_int_eq(errno, EAGAIN);
    ck_assert_int_eq(process_wait(&process), 0);
    snprintf(expected, sizeof expected, "counted %d\n", sent);
    ck_assert_contains(process.output.text, expected);
}
END_TEST

START_TEST(a_value_reaches_each_member_of_the_group)
{
    struct process process;

    process_start(&process, AS_FIRST("-g", "--", PROBE, "members", "3"));
    process_expect(&process, "ready");
    for (int i = 0; i < 3; i++)
        process_expect(&process, "member is there");
    queue(&process, REALTIME, 4711);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "member value 4711"), 3);
    ck_assert_int_eq(count_of(process.output.text, "leader value 4711"), 1);
}
END_TEST

START_TEST(without_the_group_option_only_the_program_gets_a_signal)
{
    struct process process;

    process_start(&process, AS_FIRST("--", PROBE, "members", "1"));
    process_expect(&process, "member is there");
    queue(&process, REALTIME, 4711);
    process_expect(&process, "leader value 4711");
    /* The member waits still, and would for ever. */
    process_signal(&process, SIGKILL);
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
    ck_assert_lacks(process.output.text, "member value");
}
END_TEST

START_TEST(rewritten_signals_arrive_as_the_other_one_and_keep_their_value)
{
    struct process process;

    process_start(&process, AS_FIRST("-r", "TERM:QUIT", "-r", "40:41", "-r", "HUP:0", "--", PROBE,
                                     "signals", "2"));
    process_expect(&process, "ready");
    process_signal(&process, SIGHUP);
    process_signal(&process, SIGTERM);
    process_expect(&process, "got 3 code 0");
    queue(&process, 40, 99);
    process_expect(&process, "got 41 code -1 value 99");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(a_signal_may_be_rewritten_to_one_that_cannot_be_caught)
{
    struct process process;

    process_start(&process, AS_FIRST("-r", "TERM:KILL", "--", PROBE, "signals", "1"));
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
}
END_TEST

static void raise_blocked(void *argument)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, *(int *)argument);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), *(int *)argument);
}

/* A signal that is there before nsinit has done anything: tini -g and catatonit -g lose it. */
static void send_early(const char *name, const char *option)
{
    int signal_number = SIGUSR1;
    const char *const arguments[] = {name, option, "--", PROBE, "signals", "1", NULL};
    struct process_options options = {.arguments = arguments,
                                      .place = PLACE_FIRST,
                                      .prepare = raise_blocked,
                                      .argument = &signal_number};

    for (int i = 0; i < 40; i++) {
        struct process process;

        ck_assert_int_eq(process_run(&process, &options), 0);
        ck_assert_contains(process.output.text, "got 10 code");
        process_drop(&process);
    }
}

START_TEST(signals_pending_at_the_start_are_not_lost)
{
    send_early(nsinit_path(), "-w");
    send_early(nsinit_path(), "-g");
    send_early(nsinit_called("dumb-init"), "-v");
}
END_TEST

START_TEST(a_storm_arrives_whole_while_orphans_are_reaped)
{
    struct process process;

    process_start(&process,
                  AS_FIRST("--", "sh", "-c",
                           "(\"$0\" orphans 3000 && echo orphans done >&2) & exec \"$0\" until 45",
                           PROBE));
    process_expect(&process, "ready");
    for (int i = 0; i < 5000; i++)
        queue(&process, REALTIME, i);
    process_expect(&process, "orphans done");
    process_signal(&process, 45);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "counted 5000");
}
END_TEST

/* tini and catatonit exit and leave the program behind. */
START_TEST(a_program_that_may_not_be_signalled_is_no_reason_to_end)
{
    struct process_options options = {.place = PLACE_FIRST, .uid = ORDINARY_USER};
    struct process process;

    if (lacks_root("a_program_that_may_not_be_signalled_is_no_reason_to_end"))
        return;
    options.arguments = NSINIT("--", set_user_id_probe(), "root");
    process_start(&process, &options);
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    process_expect(&process, "main: forward TERM: Operation not permitted");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 7);
}
END_TEST

START_TEST(term_ends_a_program_that_does_nothing_about_it)
{
    struct process process;

    process_start(&process, AS_FIRST("-vv", "--", "sleep", "1000"));
    process_expect(&process, "started sleep");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 143);
}
END_TEST

/* nsinit's own message to a closed pipe makes a SIGPIPE, which is nobody's to get. */
START_TEST(an_unread_message_sends_no_signal_to_the_program)
{
    struct process process;

    process_start(&process, AS_FIRST("-vvv", "--", PROBE, "signals", "2"));
    process_expect(&process, "ready\n");
    close(process.errors.fd);
    process.errors.fd = -1;
    process_signal(&process, SIGUSR1);
    process_expect(&process, "got 10");
    process_signal(&process, SIGUSR2);
    process_expect(&process, "got 12");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

static void limit_files(void *argument)
{
    const struct rlimit none = {0};

    (void)argument;
    if (setrlimit(RLIMIT_FSIZE, &none) < 0)
        _exit(98);
}

/* Nor is the XFSZ for a file that nsinit itself may not make longer. */
START_TEST(a_report_at_its_limit_sends_no_signal_to_the_program)
{
    struct process process;

    process_start(&process,
                  &(struct process_options){.arguments = NSINIT("--report", fresh_file("report"),
                                                                "--", PROBE, "signals", "1"),
                                            .place = PLACE_FIRST,
                                            .prepare = limit_files});
    process_expect(&process, "ready\n");
    process_signal(&process, SIGUSR2);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "got 12 ");
}
END_TEST

TCase *forwarding_case(void)
{
    const TTest *const tests[] = {every_catchable_signal_arrives_at_the_program,
                                  every_catchable_signal_arrives_at_the_group,
                                  every_catchable_signal_arrives_without_being_pid_1,
                                  every_catchable_signal_arrives_as_an_ordinary_user,
                                  ten_thousand_real_time_signals_keep_their_value_and_order,
                                  a_full_queue_is_told_to_the_sender_and_loses_nothing,
                                  a_value_reaches_each_member_of_the_group,
                                  without_the_group_option_only_the_program_gets_a_signal,
                                  rewritten_signals_arrive_as_the_other_one_and_keep_their_value,
                                  a_signal_may_be_rewritten_to_one_that_cannot_be_caught,
                                  signals_pending_at_the_start_are_not_lost,
                                  a_storm_arrives_whole_while_orphans_are_reaped,
                                  a_program_that_may_not_be_signalled_is_no_reason_to_end,
                                  term_ends_a_program_that_does_nothing_about_it,
                                  an_unread_message_sends_no_signal_to_the_program,
                                  a_report_at_its_limit_sends_no_signal_to_the_program,
                                  NULL};

    return case_of("forwarding", tests);
}
