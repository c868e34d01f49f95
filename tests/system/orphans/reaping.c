/*
 * reaping.c - orphans, exit codes, and children that are none of nsinit's making
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "system/system.h"

START_TEST(a_hundred_thousand_orphans_leave_no_zombie_and_no_memory_behind)
{
    struct process process;
    const char *grown;

    process_start(&process, AS_FIRST("--", PROBE, "orphans", "100000"));
    ck_assert_int_eq(process_wait(&process), 0);
    grown = strstr(process.output.text, "grown by ");
    ck_assert_ptr_nonnull(grown);
    ck_assert_int_le(atoi(grown + strlen("grown by ")), 0);
}
END_TEST

START_TEST(the_exit_code_is_the_programs)
{
    static const int codes[] = {0, 1, 42, 127, 128, 255};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct process process;
        char script[32];

        snprintf(script, sizeof script, "exit %d", codes[i]);
        ck_assert_int_eq(process_run(&process, AS_FIRST("--", "sh", "-c", script)), codes[i]);
        process_drop(&process);
    }
}
END_TEST

static void allow_cores(void *argument)
{
    (void)argument;
    setrlimit(RLIMIT_CORE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    ck_assert_int_eq(chdir("/tmp"), 0);
}

START_TEST(a_program_killed_by_a_signal_gives_128_and_its_number_core_or_not)
{
    static const int signals[] = {SIGHUP, SIGQUIT, SIGSEGV, SIGKILL, SIGTERM, 40, 64};

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        char script[32];
        struct process_options options = {.arguments = NSINIT("--", "sh", "-c", script),
                                          .place = PLACE_FIRST,
                                          .prepare = allow_cores};
        struct process process;

        snprintf(script, sizeof script, "kill -%d $$", signals[i]);
        ck_assert_int_eq(process_run(&process, &options), 128 + signals[i]);
        process_drop(&process);
    }
}
END_TEST

START_TEST(remapped_codes_are_success_signals_too)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("-e", "3", "-e143", "--", "sh", "-c", "exit 3")), 0);
    ck_assert_int_eq(
        process_run(&process, AS_FIRST("-e", "3", "-e143", "--", "sh", "-c", "kill $$")), 0);
    ck_assert_int_eq(process_run(&process, AS_FIRST("-e", "3", "--", "sh", "-c", "exit 4")), 4);
}
END_TEST

START_TEST(a_subreaper_reaps_what_the_program_left)
{
    struct process process;

    process_start(&process, AS_SECOND("-s", "-w", "--", "sh", "-c",
                                      "(sleep 0.01 & echo $! >&2; exec true); read x; exit 4"));
    process_expect(&process, "reaped orphan");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 4);
    ck_assert_contains(process.errors.text, "exit code 0");
}
END_TEST

static const char orphan_warning[] = "neither PID 1 nor a subreaper";

/* It would be another one's child with -c, too: but who is in nsinit's group may be anybody's. */
START_TEST(a_warning_comes_once_when_an_orphan_was_lost)
{
    struct process process;

    process_start(&process, AS_SECOND("--restart", "on-failure:2", QUICKLY, "--", "sh", "-c",
                                      "sleep 1000 & exit 4"));
    ck_assert_int_eq(process_wait(&process), 4);
    ck_assert_int_eq(count_of(process.errors.text, orphan_warning), 1);
    ck_assert_contains(process.errors.text, "main: adopt orphan ");
    ck_assert_contains(process.errors.text, "\n  hint: use -s (NSINIT_SUBREAPER=1)");
}
END_TEST

START_TEST(no_warning_comes_when_no_orphan_was_lost)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_SECOND("--", "true")), 0);
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_int_eq(process_run(&process, AS_SECOND("--", "sh", "-c", "sleep 0.01 & wait")), 0);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(no_warning_comes_with_a_pid_namespace_of_its_own)
{
    struct process process;

    if (lacks_root("no_warning_comes_with_a_pid_namespace_of_its_own"))
        return;
    ck_assert_int_eq(process_run(&process, AS_SECOND("--unshare", "pid,mnt", "--", "sh", "-c",
                                                     "sleep 1000 & exit 4")),
                     4);
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_int_eq(process_run(&process, AS_SECOND("--unshare", "pid,mnt", "--as-pid-1", "--",
                                                     "sh", "-c", "sleep 1000 & exit 4")),
                     4);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(a_program_traced_by_its_parent_goes_on)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--", PROBE, "traced", "sh", "-c", "exit 6")),
                     6);
    ck_assert_contains(process.output.text, "got 10\n");
    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--", PROBE, "traced", "sh", "-c",
                                                     "kill -TERM $$; exit 6")),
                     128 + SIGTERM);
    ck_assert_contains(process.output.text, "got 10\n");
}
END_TEST

/* Its parent is dead by then, or about to be. */
START_TEST(an_orphan_that_asks_to_be_traced_goes_on)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("--drain", "forever", "--", "sh", "-c",
                                       "sh -c 'until grep -q \"^PPid:.1$\" "
                                       "/proc/$$/status; do :; done; "
                                       "exec \"$0\" traced echo ended' \"$0\" & exit 6",
                                       PROBE)),
        6);
    ck_assert_contains(process.output.text, "got 10\nended\n");
}
END_TEST

START_TEST(no_warning_as_pid_1_or_subreaper)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--", "true")), 0);
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--", "true")), 0);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

/* As `exec nsinit` in a shell script with background jobs. */
START_TEST(children_that_nsinit_inherited_are_reaped_and_mistaken_for_nothing)
{
    struct process process;
    struct process_options options = {.arguments = COMMAND("sh", "-c",
                                                           "exec 4<&0; (read x <&4; exit 5) & "
                                                           "exec \"$0\" -w -- \"$1\" signals 1",
                                                           nsinit_path(), PROBE),
                                      .place = PLACE_FIRST};

    process_start(&process, &options);
    process_expect(&process, "ready");
    process_type(&process, "\n");
    process_expect(&process, "exit code 5");
    process_signal(&process, SIGUSR1);
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

static void ignore_child_signal(void *argument)
{
    (void)argument;
    signal(SIGCHLD, SIG_IGN);
}

static void block_child_signal(void *argument)
{
    sigset_t set;

    (void)argument;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* tini and catatonit hang for ever. */
START_TEST(the_exit_code_comes_though_the_starter_ignored_or_blocked_sigchld)
{
    struct process_options options = {.arguments = NSINIT("--", "sh", "-c", "exit 9"),
                                      .place = PLACE_FIRST,
                                      .prepare = ignore_child_signal};
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 9);
    options.prepare = block_child_signal;
    ck_assert_int_eq(process_run(&process, &options), 9);
}
END_TEST

static void allow_no_process(void *argument)
{
    (void)argument;
    /* Its leak check needs a thread. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    setrlimit(RLIMIT_NPROC, &(struct rlimit){1, 1});
}

START_TEST(a_fork_that_is_refused_is_told_with_the_way_out)
{
    struct process_options options = {.arguments = NSINIT("--", "true"),
                                      .place = PLACE_FIRST,
                                      .uid = lonely_user(),
                                      .prepare = allow_no_process};
    struct process process;

    if (lacks_root("a_fork_that_is_refused_is_told_with_the_way_out"))
        return;
    ck_assert_int_eq(process_run(&process, &options), 125);
    ck_assert_str_eq(process.errors.text,
                     "nsinit: main: fork: Resource temporarily unavailable\n"
                     "  hint: a limit on processes is reached: raise docker run --pids-limit or "
                     "ulimit -u\n");
}
END_TEST

START_TEST(reaped_orphans_are_told_with_how_they_ended)
{
    struct process process;

    process_start(&process, AS_FIRST("-w", "--", "sh", "-c",
                                     "(sh -c 'exit 3' & exec true); "
                                     "(sh -c 'kill -9 $$' & exec true); read x"));
    process_expect(&process, "exit code 3");
    process.errors.read = 0;
    process_expect(&process, "killed by KILL");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 1);
}
END_TEST

TCase *reaping_case(void)
{
    const TTest *const tests[] = {
        a_hundred_thousand_orphans_leave_no_zombie_and_no_memory_behind,
        the_exit_code_is_the_programs,
        a_program_killed_by_a_signal_gives_128_and_its_number_core_or_not,
        remapped_codes_are_success_signals_too,
        a_subreaper_reaps_what_the_program_left,
        a_warning_comes_once_when_an_orphan_was_lost,
        no_warning_comes_when_no_orphan_was_lost,
        no_warning_comes_with_a_pid_namespace_of_its_own,
        a_program_traced_by_its_parent_goes_on,
        an_orphan_that_asks_to_be_traced_goes_on,
        no_warning_as_pid_1_or_subreaper,
        children_that_nsinit_inherited_are_reaped_and_mistaken_for_nothing,
        the_exit_code_comes_though_the_starter_ignored_or_blocked_sigchld,
        a_fork_that_is_refused_is_told_with_the_way_out,
        reaped_orphans_are_told_with_how_they_ended,
        NULL};

    return case_of("reaping", tests);
}
