/*
 * reruns.c - what each run of a restarted program gets: the same as the first
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/system.h"

/* The probe's report goes to 9, which it does not report. */
static void keep_files(void *argument)
{
    (void)argument;
    dup2(1, 9);
    dup2(1, 3);
    dup2(1, 70);
}

static void ck_assert_same_files(const char *const *arguments, enum place place)
{
    struct process_options options = {
        .arguments = arguments, .place = place, .prepare = keep_files, .close_stdio = true};
    struct process process;

    process_run(&process, &options);
    ck_assert_str_eq(process.output.text, "closed 0\nclosed 1\nclosed 2\nopen 3\nopen 70\nend\n"
                                          "closed 0\nclosed 1\nclosed 2\nopen 3\nopen 70\nend\n"
                                          "closed 0\nclosed 1\nclosed 2\nopen 3\nopen 70\nend\n");
}

/* The probe's exit code is its second argument's. */
#define FILES_OF_THREE_RUNS "--restart", "on-failure:2", QUICKLY, "--", PROBE, "files", "1"

START_TEST(each_run_has_the_files_of_the_first_and_no_other)
{
    ck_assert_same_files(NSINIT(FILES_OF_THREE_RUNS), PLACE_FIRST);
    ck_assert_same_files(NSINIT("-s", FILES_OF_THREE_RUNS), PLACE_SECOND);
    ck_assert_same_files(NSINIT("-s", "--unshare", "pid,uts", FILES_OF_THREE_RUNS), PLACE_SECOND);
}
END_TEST

static void change_directory_and_environment(void *argument)
{
    (void)argument;
    setenv("MARK", "as at the start", 1);
    setenv("NSINIT_RESTART", "on-failure:2", 1);
    (void)!chdir("/proc/self/fdinfo/..");
    umask(027);
}

START_TEST(each_run_has_the_directory_environment_and_umask_of_the_first)
{
    struct process_options options = {
        .arguments = NSINIT(QUICKLY, "--", "sh", "-c",
                            "echo $MARK, $(umask), $(ls /proc/self/cwd/comm), $NSINIT_RESTART; "
                            "cd /; umask 0; exit 1"),
        .place = PLACE_FIRST,
        .prepare = change_directory_and_environment};
    struct process process;

    process_run(&process, &options);
    ck_assert_str_eq(process.output.text, "as at the start, 0027, /proc/self/cwd/comm,\n"
                                          "as at the start, 0027, /proc/self/cwd/comm,\n"
                                          "as at the start, 0027, /proc/self/cwd/comm,\n");
}
END_TEST

static void ignore_and_block(void *argument)
{
    sigset_t set;

    (void)argument;
    signal(SIGUSR1, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

START_TEST(each_run_has_the_signal_mask_and_ignored_signals_of_the_first)
{
    struct process_options options = {
        .arguments = NSINIT("--restart", "on-failure:2", QUICKLY, "--", "grep", "-c", "-E",
                            "^(SigBlk:\t0000000000000800|SigIgn:\t0000000000000200|no)$",
                            "/proc/self/status", "/nowhere"),
        .place = PLACE_FIRST,
        .prepare = ignore_and_block};
    struct process process;

    process_run(&process, &options);
    ck_assert_int_eq(count_of(process.output.text, "/proc/self/status:2\n"), 3);
}
END_TEST

START_TEST(each_run_has_namespaces_of_its_own)
{
    struct process process;

    if (lacks_root("each_run_has_namespaces_of_its_own"))
        return;
    process_run(&process,
                AS_SECOND("-s", "--restart", "on-failure:2", QUICKLY, "--unshare", "pid,mnt,uts",
                          "--hostname", "fresh", "--", "sh", "-c",
                          "echo $$ $(hostname) $(grep -c ^used /proc/mounts); hostname used; "
                          "mount -t tmpfs used /mnt; sleep 1000 & exit 1"));
    ck_assert_str_eq(process.output.text, "2 fresh 0\n2 fresh 0\n2 fresh 0\n");
    ck_assert(!process.left_some);
}
END_TEST

/* ---- on a terminal ------------------------------------------------------------------------ */

static void ck_assert_reads_in_each_run(const char *const *arguments, enum place place)
{
    struct process process;

    process_start(&process, &(struct process_options){
                                .arguments = arguments, .place = place, .terminal = true});
    for (int i = 0; i < 3; i++) {
        process_expect(&process, "run\r\n");
        process_type(&process, "word\n");
        process_expect(&process, "read word\r\n");
    }
    ck_assert_int_eq(process_wait(&process), 1);
    process_drop(&process);
}

/* From the background a read would stop it: TTIN of termios(3). */
#define READS_IN_THREE_RUNS \
    "--restart", "on-failure:2", QUICKLY, "--", "sh", "-c", "echo run; read x; echo read $x; exit 1"

START_TEST(each_run_has_the_terminals_foreground)
{
    ck_assert_reads_in_each_run(NSINIT(READS_IN_THREE_RUNS), PLACE_FIRST);
    ck_assert_reads_in_each_run(NSINIT("-s", READS_IN_THREE_RUNS), PLACE_PLAIN);
    ck_assert_reads_in_each_run(NSINIT("-s", "--unshare", "pid", READS_IN_THREE_RUNS), PLACE_PLAIN);
}
END_TEST

START_TEST(who_is_interrupted_at_the_terminal_is_not_restarted)
{
    static const struct {
        const char *key;
        int exit_code;
    } keys[] = {{"\x03", 128 + SIGINT}, {"\x1c", 128 + SIGQUIT}};

    for (size_t i = 0; i < 2; i++) {
        struct process process;

        process_start(&process, &(struct process_options){
                                    .arguments = NSINIT("--restart", "always", "--", "sh", "-c",
                                                        "ulimit -c 0; echo run; "
                                                        "exec sleep 1000"),
                                    .place = PLACE_FIRST,
                                    .terminal = true});
        process_expect(&process, "run\r\n");
        process_type(&process, keys[i].key);
        ck_assert_int_eq(process_wait(&process), keys[i].exit_code);
        ck_assert_int_eq(count_of(process.output.text, "run\r\n"), 1);
        process_drop(&process);
    }
}
END_TEST

TCase *reruns_case(void)
{
    const TTest *const tests[] = {each_run_has_the_files_of_the_first_and_no_other,
                                  each_run_has_the_directory_environment_and_umask_of_the_first,
                                  each_run_has_the_signal_mask_and_ignored_signals_of_the_first,
                                  each_run_has_namespaces_of_its_own,
                                  each_run_has_the_terminals_foreground,
                                  who_is_interrupted_at_the_terminal_is_not_restarted,
                                  NULL};

    return case_of("reruns", tests);
}
