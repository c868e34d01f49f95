/*
 * startup.c - what the program gets: signal state, files, directory, environment, parent's death
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/system.h"

static void strange_signal_state(void *argument)
{
    sigset_t set;

    (void)argument;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTSTP);
    sigprocmask(SIG_SETMASK, &set, NULL);
    signal(SIGHUP, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
}

#define SHOW_SIGNALS "grep", "-E", "^Sig(Blk|Ign|Cgt):", "/proc/self/status"

/* dumb-init loses both, catatonit starts the program with TSTP, TTIN and TTOU blocked. */
START_TEST(mask_and_dispositions_are_as_without_nsinit)
{
    struct process_options bare = {
        .arguments = COMMAND(SHOW_SIGNALS), .place = PLACE_SECOND, .prepare = strange_signal_state};
    struct process_options under = {.arguments = NSINIT("-s", "--", SHOW_SIGNALS),
                                    .place = PLACE_SECOND,
                                    .prepare = strange_signal_state};
    struct process without;
    struct process with;

    ck_assert_int_eq(process_run(&without, &bare), 0);
    ck_assert_int_eq(process_run(&with, &under), 0);
    ck_assert_str_eq(with.output.text, without.output.text);
    ck_assert_contains(with.output.text, "SigBlk:\t0000000000080800");
    under.prepare = bare.prepare = NULL;
    ck_assert_int_eq(process_run(&without, &bare), 0);
    ck_assert_int_eq(process_run(&with, &under), 0);
    ck_assert_str_eq(with.output.text, without.output.text);
}
END_TEST

/* The probe writes to 9, so that 0 to 2 may be closed. */
static void keep_a_file(void *argument)
{
    (void)argument;
    dup2(1, 9);
}

START_TEST(no_file_of_nsinits_own_reaches_the_program)
{
    struct process_options options = {
        .arguments = NSINIT("--", PROBE, "files"), .place = PLACE_FIRST, .prepare = keep_a_file};
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.output.text, "end\n");
}
END_TEST

static void keep_two_files(void *argument)
{
    dup2(1, 9);
    dup2(1, 5);
    (void)argument;
}

START_TEST(files_handed_in_are_handed_on)
{
    struct process_options options = {
        .arguments = NSINIT("--", PROBE, "files"), .place = PLACE_FIRST, .prepare = keep_two_files};
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.output.text, "open 5\nend\n");
}
END_TEST

/* tini ends with EBADF. */
START_TEST(closed_stdio_stays_closed_for_the_program_and_hurts_nobody)
{
    struct process_options options = {.arguments = NSINIT("--", PROBE, "files"),
                                      .place = PLACE_FIRST,
                                      .prepare = keep_a_file,
                                      .close_stdio = true};
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.output.text, "closed 0\nclosed 1\nclosed 2\nend\n");
}
END_TEST

/* Else a pipe would never end and a lock never be free while nsinit lives. */
START_TEST(nsinit_holds_no_inherited_file_but_stdio)
{
    struct process_options options = {
        .arguments =
            NSINIT("--", "sh", "-c",
                   "exec 9>&-; while ls -l /proc/1/fd | grep -q ' 5 -> pipe\\| 9 -> '; do :; done; "
                   "ls -l /proc/1/fd; exit 0"),
        .place = PLACE_FIRST,
        .prepare = keep_two_files};
    struct process process;

    /* The program may run before nsinit has let go of them. */
    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_contains(process.output.text, " 0 -> pipe:");
    ck_assert_contains(process.output.text, " 1 -> pipe:");
    ck_assert_lacks(process.output.text, " 5 -> pipe:");
    ck_assert_lacks(process.output.text, " 9 -> ");
}
END_TEST

/* More than nsinit looks for at once, one number as flock(1) has it, and one beyond them all. */
static void keep_many_files(void *argument)
{
    (void)argument;
    for (int fd = 3; fd < 90; fd++)
        dup2(1, fd);
    dup2(1, 200);
    dup2(1, 900);
}

/* The second one has an inner init. */
static const char *const namespaces[] = {"--unshare=ipc", "--unshare=pid,mnt"};

START_TEST(nsinit_holds_none_of_many_inherited_files)
{
    struct process_options options = {
        .arguments = NSINIT(namespaces[_i], "--", "bash", "-c",
                            "[ $PPID != 1 ] || mount -t proc none /proc; "
                            "open() { for f in /proc/$PPID/fd/*; do [ ${f##*/} -lt 3 ] || readlink "
                            "$f; done; }; [ -e /proc/self/fd/89 ] && [ -e /proc/self/fd/900 ]; "
                            "while open | grep -q pipe:; do :; done; open"),
        .prepare = keep_many_files};
    struct process process;

    if (lacks_root("nsinit_holds_none_of_many_inherited_files"))
        return;
    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_contains(process.output.text, "signalfd");
}
END_TEST

/* The trick of many images: a log file that is a link to /proc/1/fd/1. */
START_TEST(writing_to_stdout_of_pid_1_still_works)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--", "sh", "-c", "echo logged >/proc/1/fd/1")),
                     0);
    ck_assert_str_eq(process.output.text, "logged\n");
}
END_TEST

static void enter_deleted_directory(void *argument)
{
    char name[] = "/tmp/nsinit-test-XXXXXX";

    (void)argument;
    if (mkdtemp(name) == NULL || chdir(name) < 0 || rmdir(name) < 0)
        abort();
}

START_TEST(a_deleted_working_directory_is_the_programs_affair)
{
    struct process_options options = {.arguments =
                                          NSINIT("--", "sh", "-c", "readlink /proc/self/cwd"),
                                      .place = PLACE_FIRST,
                                      .prepare = enter_deleted_directory};
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_contains(process.output.text, "(deleted)");
}
END_TEST

static void enter_tmp(void *argument)
{
    (void)argument;
    if (chdir("/tmp") < 0)
        abort();
}

START_TEST(the_program_keeps_the_working_directory_and_nsinit_leaves_it)
{
    struct process_options options = {
        .arguments = NSINIT("--", "sh", "-c",
                            "pwd; until [ \"$(readlink /proc/1/cwd)\" = / ]; do :; done; pwd"),
        .place = PLACE_FIRST,
        .prepare = enter_tmp};
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.output.text, "/tmp\n/tmp\n");
}
END_TEST

static void set_variables(void *argument)
{
    (void)argument;
    setenv("NSINIT_REWRITE", "TERM:QUIT", 1);
    setenv("NSINIT_VERSION", "9", 1);
    setenv("TINI_SUBREAPER", "", 1);
    setenv("PLAIN", "a b=c", 1);
}

START_TEST(the_environment_arrives_without_what_nsinit_has_read)
{
    struct process_options options = {
        .arguments = NSINIT("--", "env"), .place = PLACE_FIRST, .prepare = set_variables};
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_lacks(process.output.text, "NSINIT_REWRITE");
    ck_assert_contains(process.output.text, "NSINIT_VERSION=9\n");
    ck_assert_contains(process.output.text, "TINI_SUBREAPER=\n");
    ck_assert_contains(process.output.text, "PLAIN=a b=c\n");
}
END_TEST

START_TEST(socket_activation_names_the_program_when_it_named_nsinit)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("env", "LISTEN_PID=1", "LISTEN_FDS=1", nsinit_path(),
                                             "--", "sh", "-c", "echo $LISTEN_PID is $$"),
                        .place = PLACE_FIRST}),
        0);
    ck_assert_str_eq(process.output.text, "2 is 2\n");
    ck_assert_int_eq(process_run(&process,
                                 &(struct process_options){
                                     .arguments = COMMAND("env", "LISTEN_PID=77", nsinit_path(),
                                                          "--", "sh", "-c", "echo $LISTEN_PID"),
                                     .place = PLACE_FIRST}),
                     0);
    ck_assert_str_eq(process.output.text, "77\n");
}
END_TEST

START_TEST(the_parents_death_is_told_by_the_signal_asked_for)
{
    struct process_options options = {
        .arguments = COMMAND("sh", "-c",
                             "sh -c '\"$0\" -s -p USR1 -- \"$1\" signals 1 & read x; kill -9 $$' "
                             "\"$0\" \"$1\"; read y",
                             nsinit_path(), PROBE),
        .place = PLACE_SECOND};
    struct process process;

    process_start(&process, &options);
    process_expect(&process, "ready");
    process_type(&process, "\n");
    process_expect(&process, "got 10");
}
END_TEST

START_TEST(a_parent_death_signal_of_kill_ends_the_program_too)
{
    struct process_options options = {
        .arguments = COMMAND("sh", "-c",
                             "\"$0\" -s -p KILL -- sh -c 'echo ready; exec sleep 1000' & read x; "
                             "kill -9 $!; wait; while pgrep sleep >/dev/null; do :; done",
                             nsinit_path()),
        .place = PLACE_SECOND};
    struct process process;

    process_start(&process, &options);
    process_expect(&process, "ready");
    process_type(&process, "\n");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

struct sleeper {
    pid_t pid;
    int syscall;
    unsigned long arguments[6];
};

static bool sleeps(void *argument)
{
    struct sleeper *sleeper = argument;
    unsigned long *at = sleeper->arguments;
    char path[64];
    FILE *file;
    bool read_it;

    snprintf(path, sizeof path, "/proc/%d/syscall", sleeper->pid);
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    /* "running" instead of a number while it runs. */
    read_it = fscanf(file, "%d 0x%lx 0x%lx 0x%lx 0x%lx", &sleeper->syscall, &at[0], &at[1], &at[2],
                     &at[3]) == 5;
    fclose(file);
    return read_it && (sleeper->syscall == SYS_read || sleeper->syscall == SYS_epoll_pwait ||
                       sleeper->syscall == SYS_epoll_wait);
}

/* read(2) has no time-out; in the loop's epoll_wait(2) it is the fourth argument. */
static void ck_assert_sleeps_for_good(const struct process *process)
{
    struct sleeper sleeper = {.pid = process->pid};
    int timeout;

    wait_until(sleeps, &sleeper, "nsinit asleep");
    timeout = (int)sleeper.arguments[3];
    ck_assert_msg(sleeper.syscall == SYS_read || timeout == -1 || timeout > 10 * 24 * 3600 * 1000,
                  "it wakes up in %d ms", timeout);
}

START_TEST(an_idle_nsinit_wakes_up_only_for_a_signal)
{
    struct process process;

    process_start(&process, AS_FIRST("--", "sh", "-c", "echo ready; exec sleep 1000"));
    process_expect(&process, "ready");
    ck_assert_sleeps_for_good(&process);
    process_drop(&process);
}
END_TEST

START_TEST(draining_without_a_time_limit_wakes_up_only_for_a_signal)
{
    struct process process;

    process_start(&process,
                  AS_FIRST("-vv", "--drain", "forever", "--", "sh", "-c", "sleep 1000 & exit 0"));
    process_expect(&process, "ended, exit code 0");
    ck_assert_sleeps_for_good(&process);
    process_drop(&process);
}
END_TEST

TCase *startup_case(void)
{
    const TTest *const tests[] = {mask_and_dispositions_are_as_without_nsinit,
                                  no_file_of_nsinits_own_reaches_the_program,
                                  files_handed_in_are_handed_on,
                                  closed_stdio_stays_closed_for_the_program_and_hurts_nobody,
                                  nsinit_holds_no_inherited_file_but_stdio,
                                  writing_to_stdout_of_pid_1_still_works,
                                  a_deleted_working_directory_is_the_programs_affair,
                                  the_program_keeps_the_working_directory_and_nsinit_leaves_it,
                                  the_environment_arrives_without_what_nsinit_has_read,
                                  socket_activation_names_the_program_when_it_named_nsinit,
                                  the_parents_death_is_told_by_the_signal_asked_for,
                                  a_parent_death_signal_of_kill_ends_the_program_too,
                                  an_idle_nsinit_wakes_up_only_for_a_signal,
                                  draining_without_a_time_limit_wakes_up_only_for_a_signal,
                                  NULL};
    TCase *tcase = case_of("startup", tests);

    tcase_add_loop_test(tcase, nsinit_holds_none_of_many_inherited_files, 0,
                        sizeof namespaces / sizeof namespaces[0]);
    return tcase;
}
