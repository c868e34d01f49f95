/*
 * exhausted_resources.c - fork bombs, exhausted limits, orphans and a wall clock that jumps: nsinit
 * goes on
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/system.h"

/* A program that ends by a line on its stdin. */
#define FAILS_BY_A_LINE "--", "sh", "-c", "echo run; read x; exit 1"

static void next_run(struct process *process)
{
    process_type(process, "\n");
    process_expect(process, "run\n");
}

/* ---- a control group with a limit on processes -------------------------------------------- */

struct group {
    const char *directory; /* NULL: none can be made here */
};

static bool write_to(const struct group *group, const char *file, const char *text)
{
    char path[200];
    bool written;
    int fd;

    snprintf(path, sizeof path, "%s/%s", group->directory, file);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return written;
}

/* In version 2 of the interface, or in 1. */
static struct group make_group(const char *most, const char *test)
{
    static const char *const places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/pids"};
    static char directory[100];

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct group group = {directory};

        snprintf(directory, sizeof directory, "%s/nsinit-test-%d", places[i], getpid());
        if (mkdir(group.directory, 0755) == 0 || errno == EEXIST) {
            if (write_to(&group, "pids.max", most))
                return group;
            rmdir(group.directory);
        }
    }
    skip_test(test, "no control group with pids.max can be made here");
    return (struct group){NULL};
}

static bool is_removed(void *directory)
{
    return rmdir(directory) == 0;
}

static void remove_group(const struct group *group)
{
    wait_until(is_removed, (void *)group->directory, "the end of the control group");
}

static void enter_group(void *argument)
{
    if (!write_to(argument, "cgroup.procs", "0"))
        _exit(98);
}

/* ---- fork bombs --------------------------------------------------------------------------- */

static void ck_assert_outlives_bombs(const struct process_options *options)
{
    struct process process;

    process_run(&process, options);
    ck_assert_int_eq(count_of(process.output.text, "at the limit\n"), 3);
    ck_assert_int_eq(process.exit_code, 8);
    ck_assert(!process.left_some);
    process_drop(&process);
}

#define BOMBS                                                                                  \
    "--restart", "on-failure:2", QUICKLY, "--stop", "TERM/20ms/KILL", "--drain", "KILL", "--", \
        PROBE, "bomb", "8"

START_TEST(a_fork_bomb_in_a_pids_limit_is_cleared_away_and_restarted)
{
    struct group group =
        make_group("60", "a_fork_bomb_in_a_pids_limit_is_cleared_away_and_restarted");

    if (group.directory == NULL)
        return;
    ck_assert_outlives_bombs(&(struct process_options){.arguments = NSINIT(BOMBS),
                                                       .place = PLACE_FIRST,
                                                       .prepare = enter_group,
                                                       .argument = &group});
    ck_assert_outlives_bombs(&(struct process_options){.arguments = NSINIT("-s", BOMBS),
                                                       .place = PLACE_SECOND,
                                                       .prepare = enter_group,
                                                       .argument = &group});
    ck_assert_outlives_bombs(
        &(struct process_options){.arguments = NSINIT("-s", "--unshare", "pid", BOMBS),
                                  .place = PLACE_SECOND,
                                  .prepare = enter_group,
                                  .argument = &group});
    remove_group(&group);
}
END_TEST

START_TEST(a_fork_bomb_of_an_ordinary_user_is_cleared_away_and_restarted)
{
    if (lacks_root("a_fork_bomb_of_an_ordinary_user_is_cleared_away_and_restarted"))
        return;
    ck_assert_outlives_bombs(
        &(struct process_options){.arguments = NSINIT("--rlimit", "nproc=60", BOMBS),
                                  .place = PLACE_FIRST,
                                  .uid = lonely_user()});
    ck_assert_outlives_bombs(
        &(struct process_options){.arguments = NSINIT("-s", "--rlimit", "nproc=60", BOMBS),
                                  .place = PLACE_SECOND,
                                  .uid = lonely_user()});
}
END_TEST

START_TEST(a_fork_bomb_is_stopped_on_request)
{
    struct process process;
    struct process_options options = {.arguments = NSINIT("--rlimit", "nproc=60", "--restart",
                                                          "always", "--stop", "TERM/20ms/KILL",
                                                          "--drain", "KILL", "--", PROBE, "bomb"),
                                      .place = PLACE_FIRST,
                                      .uid = lonely_user()};

    if (lacks_root("a_fork_bomb_is_stopped_on_request"))
        return;
    process_start(&process, &options);
    process_expect(&process, "at the limit\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
}
END_TEST

/* ---- limits that are reached at a restart ------------------------------------------------- */

/* As that user, who may do so to their own processes (prlimit(2)). */
static void limit(const struct process *process, uid_t uid, __rlimit_resource_t what, rlim_t most)
{
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
        struct rlimit now;

        if (uid != 0 && (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0))
            _exit(1);
        if (prlimit(process->pid, what, NULL, &now) < 0)
            _exit(2);
        now.rlim_cur = most < now.rlim_max ? most : now.rlim_max;
        _exit(prlimit(process->pid, what, &now, NULL) < 0 ? 3 : 0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

static void ck_assert_recovers_from(__rlimit_resource_t what, const struct process_options *options)
{
    struct process process;

    process_start(&process, options);
    process_expect(&process, "run\n");
    limit(&process, options->uid, what, 0);
    process_type(&process, "\n");
    process_expect(&process, "main: exit code 125, restart 2 in 100ms\n");
    process_expect(&process, "main: exit code 125, restart 3 in 100ms\n");
    limit(&process, options->uid, what, RLIM_INFINITY);
    process_expect(&process, "run\n");
    next_run(&process);
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    process_drop(&process);
}

/* Without a delay a start fails while nsinit reaps, and with no child there is nothing more to. */
#define AT_ONCE "--restart", "always", "--restart-delay", "0..1m"

START_TEST(too_many_open_files_at_a_restart_are_waited_for)
{
    ck_assert_recovers_from(RLIMIT_NOFILE, AS_FIRST(AT_ONCE, "--unshare", "pid", FAILS_BY_A_LINE));
    ck_assert_recovers_from(RLIMIT_NOFILE,
                            AS_SECOND("-s", AT_ONCE, "--ready-fd", "5", FAILS_BY_A_LINE));
    ck_assert_recovers_from(RLIMIT_NOFILE, AS_SECOND("-s", AT_ONCE, "--notify", FAILS_BY_A_LINE));
}
END_TEST

START_TEST(too_many_processes_of_the_user_at_a_restart_are_waited_for)
{
    if (lacks_root("too_many_processes_of_the_user_at_a_restart_are_waited_for"))
        return;
    ck_assert_recovers_from(RLIMIT_NPROC,
                            &(struct process_options){.arguments = NSINIT(AT_ONCE, FAILS_BY_A_LINE),
                                                      .place = PLACE_FIRST,
                                                      .uid = lonely_user()});
    ck_assert_recovers_from(
        RLIMIT_NPROC, &(struct process_options){.arguments = NSINIT("-s", AT_ONCE, FAILS_BY_A_LINE),
                                                .place = PLACE_SECOND,
                                                .uid = lonely_user()});
    ck_assert_recovers_from(RLIMIT_NPROC,
                            &(struct process_options){.arguments = NSINIT(AT_ONCE, FAILS_BY_A_LINE),
                                                      .place = PLACE_SECOND,
                                                      .uid = lonely_user()});
}
END_TEST

START_TEST(a_full_control_group_at_a_restart_is_waited_for)
{
    struct group group = make_group("60", "a_full_control_group_at_a_restart_is_waited_for");
    struct process_options options = {.arguments = NSINIT("-s", AT_ONCE, FAILS_BY_A_LINE),
                                      .place = PLACE_SECOND,
                                      .prepare = enter_group,
                                      .argument = &group};
    struct process process;

    if (group.directory == NULL)
        return;
    process_start(&process, &options);
    process_expect(&process, "run\n");
    ck_assert(write_to(&group, "pids.max", "1"));
    process_type(&process, "\n");
    process_expect(&process, "main: fork: ");
    process_expect(&process, "main: exit code 125, restart 3 in 100ms\n");
    ck_assert(write_to(&group, "pids.max", "60"));
    process_expect(&process, "run\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    remove_group(&group);
}
END_TEST

START_TEST(too_little_memory_at_a_restart_counts_and_is_tried_again)
{
    struct process process;

    /* Its leak check does not work under strace. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    process_run(&process,
                &(struct process_options){
                    .arguments = COMMAND("strace", "-o", "/dev/null", "-e", "trace=clone3", "-e",
                                         "inject=clone3:error=ENOMEM:when=2..3", nsinit_path(),
                                         "-s", "--restart", "on-failure:4", QUICKLY, "--unshare",
                                         "ipc", "--", "sh", "-c", "echo run; exit 1"),
                    .place = PLACE_SECOND});
    ck_assert_int_eq(process.exit_code, 1);
    ck_assert_int_eq(count_of(process.output.text, "run\n"), 3);
    ck_assert_int_eq(count_of(process.errors.text, "main: clone: "), 2);
    ck_assert_contains(process.errors.text, "main: exit code 1, gave up after 4 restarts\n");
}
END_TEST

/* ---- what adds up ------------------------------------------------------------------------- */

static int open_files_of(pid_t pid)
{
    char path[40];
    int count = 0;
    DIR *directory;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    directory = opendir(path);
    ck_assert_ptr_nonnull(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

/* A few come and go while a run begins; one more for each run would not. */
static void ck_assert_files_do_not_add_up(const char *const *arguments)
{
    enum { RUNS = 20, FEW = RUNS / 2 };
    struct process process;
    int before;

    process_start(&process,
                  &(struct process_options){.arguments = arguments, .place = PLACE_SECOND});
    process_expect(&process, "run\n");
    next_run(&process);
    before = open_files_of(process.pid);
    for (int run = 0; run < RUNS; run++)
        next_run(&process);
    ck_assert_int_lt(open_files_of(process.pid), before + FEW);
    process_drop(&process);
}

START_TEST(open_files_do_not_add_up_over_restarts)
{
    ck_assert_files_do_not_add_up(NSINIT("-s", "--restart", "always", QUICKLY, FAILS_BY_A_LINE));
    ck_assert_files_do_not_add_up(NSINIT("-s", "--restart", "always", QUICKLY, "--notify",
                                         "--ready-fd", "5", FAILS_BY_A_LINE));
    ck_assert_files_do_not_add_up(NSINIT("-s", "--restart", "always", QUICKLY, "--unshare",
                                         "pid,net", "--notify", FAILS_BY_A_LINE));
    ck_assert_files_do_not_add_up(NSINIT("-s", "--restart", "always", QUICKLY, "--unshare", "pid",
                                         "--as-pid-1", FAILS_BY_A_LINE));
}
END_TEST

START_TEST(orphans_are_reaped_in_each_run)
{
    struct process process;

    process_run(&process, AS_FIRST("--restart", "on-failure:3", QUICKLY, "--", "sh", "-c",
                                   "\"$0\" orphans 200; exit 1", PROBE));
    ck_assert_int_eq(process.exit_code, 1);
    ck_assert_int_eq(count_of(process.output.text, "all reaped"), 4);
}
END_TEST

START_TEST(orphans_are_reaped_during_the_delay)
{
    struct process process;
    struct process guest;
    char pid[16];

    if (lacks_root("orphans_are_reaped_during_the_delay"))
        return;
    process_start(&process, AS_FIRST("-w", "--restart", "always", "--restart-delay", "1h", "--",
                                     "sh", "-c", "exit 5"));
    process_expect(&process, "restart 1 in 3600s\n");
    snprintf(pid, sizeof pid, "%d", process.pid);
    process_run(&guest, &(struct process_options){
                            .arguments = COMMAND("nsenter", "--target", pid, "--pid", "--", "sh",
                                                 "-c", "(sh -c 'kill -KILL $$' &) ; exit 0")});
    process_expect(&process, "reaped orphan");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 5);
}
END_TEST

/* Delays and schedules are on the monotonic clock. */
START_TEST(a_wall_clock_that_jumps_changes_no_delay)
{
    struct process_options options = {
        .arguments =
            COMMAND("env", "LD_PRELOAD=" JUMPING_CLOCK, "ASAN_OPTIONS=verify_asan_link_order=0",
                    nsinit_path(), "--restart", "on-failure:3", "--restart-delay", "20ms", "--stop",
                    "TERM/20ms/KILL", "--", "env", "-u", "LD_PRELOAD", PROBE, "stubborn"),
        .place = PLACE_FIRST};
    struct process process;

    process_run(&process, &options);
    if (strstr(process.errors.text, "the wall clock jumps") == NULL) {
        skip_test("a_wall_clock_that_jumps_changes_no_delay", "nsinit is a static binary");
        return;
    }
    ck_assert_int_eq(process.exit_code, 5);
    ck_assert_contains(process.errors.text, "restart 3 in 80ms\n");
}
END_TEST

TCase *exhausted_resources_case(void)
{
    const TTest *const tests[] = {a_fork_bomb_in_a_pids_limit_is_cleared_away_and_restarted,
                                  a_fork_bomb_of_an_ordinary_user_is_cleared_away_and_restarted,
                                  a_fork_bomb_is_stopped_on_request,
                                  too_many_open_files_at_a_restart_are_waited_for,
                                  too_many_processes_of_the_user_at_a_restart_are_waited_for,
                                  a_full_control_group_at_a_restart_is_waited_for,
                                  too_little_memory_at_a_restart_counts_and_is_tried_again,
                                  open_files_do_not_add_up_over_restarts,
                                  orphans_are_reaped_in_each_run,
                                  orphans_are_reaped_during_the_delay,
                                  a_wall_clock_that_jumps_changes_no_delay,
                                  NULL};

    return case_of("exhausted_resources", tests);
}
