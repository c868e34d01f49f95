/*
 * repeated_runs.c - what each run of a restarted program gets: the same as the first
 */
#include <signal.h>
#include <stdio.h>
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

START_TEST(a_program_interrupted_at_the_terminal_is_not_restarted)
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

/* On a terminal that is nsinit's session's, by a shell, so that options can be words of one text.
 */
static void start_on_terminal(struct process *process, enum place place, const char *options,
                              const char *program, void (*prepare)(void *argument))
{
    static char script[1000];

    snprintf(script, sizeof script, "exec %s -s %s -- sh -c '%s'", nsinit_path(), options, program);
    process_start(process, &(struct process_options){.arguments = COMMAND("sh", "-c", script),
                                                     .place = place,
                                                     .prepare = prepare,
                                                     .terminal = true});
}

static const char *const ways[] = {
    "--restart always",
    "--restart always -c",
    "--restart always --restart-delay 1ms..1ms --stop TERM/10/KILL",
    "--restart always --unshare pid",
    "--restart always --unshare pid --new-session=no",
    "--restart always --unshare pid --as-pid-1",
    "--restart always --unshare pid --as-pid-1 --new-session=no",
    "--restart always --unshare pid,mnt --stop TERM/10/KILL",
};

enum { WAY_COUNT = sizeof ways / sizeof ways[0] };

/* As redis does. */
START_TEST(an_interrupt_at_the_terminal_is_a_request_to_stop)
{
    struct process process;

    start_on_terminal(&process, _i % 2 == 0 ? PLACE_FIRST : PLACE_PLAIN, ways[_i / 2],
                      "trap \"exit 0\" INT; trap \"\" TERM; echo run; "
                      "while :; do sleep 0.01; done",
                      NULL);
    process_expect(&process, "run\r\n");
    process_type(&process, "\x03");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "run\r\n"), 1);
}
END_TEST

static void close_terminal(struct process *process)
{
    process_close_input(process);
    process->output.fd = -1;
}

START_TEST(a_closed_terminal_ends_restarting)
{
    struct process process;

    start_on_terminal(&process, _i % 2 == 0 ? PLACE_FIRST : PLACE_PLAIN, ways[_i / 2],
                      "trap \"exit 9\" HUP; trap \"exit 99\" TERM; echo run; "
                      "while :; do sleep 0.01; done",
                      NULL);
    process_expect(&process, "run\r\n");
    close_terminal(&process);
    ck_assert_int_eq(process_wait(&process), 9);
}
END_TEST

START_TEST(a_closed_terminal_ends_the_wait_for_a_restart)
{
    struct process process;

    start_on_terminal(&process, PLACE_PLAIN, "-v --restart always --restart-delay 1h", "exit 6",
                      NULL);
    process_expect(&process, "restart 1 in");
    close_terminal(&process);
    ck_assert_int_eq(process_wait(&process), 6);
}
END_TEST

static void ignore_hup(void *argument)
{
    (void)argument;
    (void)signal(SIGHUP, SIG_IGN);
}

/* As nohup(1) has it. The second run tells by its code that it was there. */
START_TEST(a_program_that_ignores_hup_restarts_without_the_terminal)
{
    static const char *const options[] = {"--restart on-failure", "--restart on-failure -c",
                                          "--restart on-failure --unshare pid"};
    struct process process;
    char program[600];
    char path[200];

    snprintf(path, sizeof path, "%s/begun", test_directory());
    (void)unlink(path);
    snprintf(program, sizeof program,
             "if test -e %s; then exit 0; fi; : >%s; echo run; "
             "while (: </dev/tty) 2>/dev/null; do sleep 0.01; done; exit 3",
             path, path);
    start_on_terminal(&process, PLACE_PLAIN, options[_i], program, ignore_hup);
    process_expect(&process, "run\r\n");
    close_terminal(&process);
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(a_closed_terminal_ends_a_pod_in_its_order)
{
    struct process process;

    process_start(&process,
                  &(struct process_options){
                      .arguments = NSINIT("-s", "--control", "no", "--pod",
                                          pod_file("[service a]\nrestart = always\n"
                                                   "command = sh -c 'trap \"exit 0\" TERM; trap "
                                                   "\"exit 99\" HUP; echo there; while :; do sleep "
                                                   "0.01; done'\n")),
                      .place = PLACE_PLAIN,
                      .terminal = true});
    process_expect(&process, "there");
    close_terminal(&process);
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

TCase *repeated_runs_case(void)
{
    const TTest *const tests[] = {each_run_has_the_files_of_the_first_and_no_other,
                                  each_run_has_the_directory_environment_and_umask_of_the_first,
                                  each_run_has_the_signal_mask_and_ignored_signals_of_the_first,
                                  each_run_has_namespaces_of_its_own,
                                  each_run_has_the_terminals_foreground,
                                  a_program_interrupted_at_the_terminal_is_not_restarted,
                                  a_closed_terminal_ends_the_wait_for_a_restart,
                                  a_closed_terminal_ends_a_pod_in_its_order,
                                  NULL};
    TCase *tcase = case_of("repeated_runs", tests);

    tcase_add_loop_test(tcase, an_interrupt_at_the_terminal_is_a_request_to_stop, 0, 2 * WAY_COUNT);
    tcase_add_loop_test(tcase, a_closed_terminal_ends_restarting, 0, 2 * WAY_COUNT);
    tcase_add_loop_test(tcase, a_program_that_ignores_hup_restarts_without_the_terminal, 0, 3);
    return tcase;
}
