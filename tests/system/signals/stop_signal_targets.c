/*
 * stop_signal_targets.c - whom the signals of a stop schedule reach, and that they can act on them
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "system/system.h"

static int members_reached(const struct process_options *options)
{
    struct process process;
    int count;

    process_start(&process, options);
    process_expect(&process, "ready");
    for (int i = 0; i < 3; i++)
        process_expect(&process, "member is there");
    process_signal(&process, SIGTERM);
    process_expect(&process, "leader value");
    process_wait(&process);
    count = count_of(process.output.text, "member value");
    process_drop(&process);
    return count;
}

START_TEST(with_the_group_option_the_schedule_reaches_the_whole_group)
{
    ck_assert_int_eq(members_reached(AS_FIRST("-g", "--stop", "TERM/1h/KILL", "--drain", "KILL",
                                              "--", PROBE, "members", "3")),
                     3);
    /* The inner init is of the group, too. */
    ck_assert_int_eq(
        members_reached(AS_SECOND("-s", "-g", "--unshare", "pid", "--stop", "TERM/1h/KILL",
                                  "--drain", "KILL", "--", PROBE, "members", "3")),
        3);
}
END_TEST

START_TEST(without_it_the_schedule_reaches_the_program_alone)
{
    ck_assert_int_eq(members_reached(AS_FIRST("--stop", "TERM/20ms/KILL", "--drain", "KILL", "--",
                                              PROBE, "members", "3")),
                     0);
}
END_TEST

/* A program that ignores TERM and ends with its stdin, and its daemon, which tells of TERM. */
#define WITH_A_DAEMON "--", "sh", "-c", "trap '' TERM; exec \"$0\" daemon", PROBE

static void ck_assert_reaches_the_daemon(const char *const *arguments, enum place place, uid_t uid)
{
    struct process_options options = {.arguments = arguments, .place = place, .uid = uid};
    struct process process;

    process_start(&process, &options);
    process_expect(&process, "there\n");
    process_signal(&process, SIGTERM);
    process_expect(&process, "got TERM\n");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 3);
    process_drop(&process);
}

START_TEST(stop_all_reaches_a_daemon_in_a_session_of_its_own)
{
    ck_assert_reaches_the_daemon(NSINIT("--stop", "TERM/1h/KILL", "--stop-all", WITH_A_DAEMON),
                                 PLACE_FIRST, 0);
    ck_assert_reaches_the_daemon(
        NSINIT("-s", "--stop", "TERM/1h/KILL", "--stop-all", WITH_A_DAEMON), PLACE_SECOND, 0);
    ck_assert_reaches_the_daemon(NSINIT("--stop", "TERM/1h/KILL", "--stop-all", WITH_A_DAEMON),
                                 PLACE_SECOND, 0);
    ck_assert_reaches_the_daemon(
        NSINIT("--unshare", "pid", "--stop", "TERM/1h/KILL", "--stop-all", WITH_A_DAEMON),
        PLACE_SECOND, 0);
}
END_TEST

START_TEST(an_ordinary_user_reaches_all_too)
{
    if (lacks_root("an_ordinary_user_reaches_all_too"))
        return;
    ck_assert_reaches_the_daemon(NSINIT("--stop", "TERM/1h/KILL", "--stop-all", WITH_A_DAEMON),
                                 PLACE_FIRST, ORDINARY_USER);
    ck_assert_reaches_the_daemon(
        NSINIT("-s", "--stop", "TERM/1h/KILL", "--stop-all", WITH_A_DAEMON), PLACE_SECOND,
        ORDINARY_USER);
}
END_TEST

/*
 * As login(1) has a shell, whose jobs have groups of their own; another service is left alone. It
 * must outlive the drain's TERM, which may come before it has spoken.
 */
START_TEST(stop_all_reaches_other_groups_in_a_pod)
{
    struct process process;

    process_start(
        &process,
        AS_POD("[service shell]\nstop = HUP/1h/KILL\nstop-all = yes\n"
               "command = sh -c 'setsid -w sh -c \"trap \\\"echo told; exit\\\" HUP; trap : TERM; "
               "echo ready; while :; do sleep 0.1; done\" & wait'\n"
               "[service other]\nafter = shell\n"
               "command = sh -c 'trap \"echo not me\" HUP; echo there; "
               "while :; do sleep 0.1; done'\n"));
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    process_expect(&process, "told");
    process_wait(&process);
    ck_assert_lacks(process.output.text, "not me");
}
END_TEST

START_TEST(without_stop_all_a_daemon_is_reached_when_the_program_has_ended)
{
    struct process process;

    process_start(&process,
                  AS_FIRST("-vv", "--stop", "TERM/1h/KILL", "--drain", "KILL", WITH_A_DAEMON));
    process_expect(&process, "there\n");
    process_signal(&process, SIGTERM);
    process_expect(&process, "main: stop: TERM\n");
    ck_assert_lacks(process.output.text, "got TERM");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_int_eq(count_of(process.output.text, "got TERM"), 1);
    ck_assert_contains(process.errors.text, "main: stop remaining processes: TERM\n");
}
END_TEST

/* A drain without an end would show whom it has not reached. */
START_TEST(stop_all_kills_all)
{
    static const struct {
        const char *option;
        enum place place;
    } ways[] = {{"-w", PLACE_FIRST}, {"-s", PLACE_SECOND}};

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct process_options options = {.arguments =
                                              NSINIT(ways[i].option, "--stop", "KILL", "--stop-all",
                                                     "--drain", "forever", WITH_A_DAEMON),
                                          .place = ways[i].place};
        struct process process;

        process_start(&process, &options);
        process_expect(&process, "there\n");
        process_signal(&process, SIGTERM);
        ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
        process_drop(&process);
    }
}
END_TEST

START_TEST(kill_ends_all_of_a_pid_namespace)
{
    struct process process;

    process_start(&process, AS_SECOND("-s", "--unshare", "pid", "--stop", "KILL", "--drain", "no",
                                      WITH_A_DAEMON));
    process_expect(&process, "there\n");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
    ck_assert(!process.left_some);
}
END_TEST

/* Its first child, as the test sees it. */
static pid_t child_of(pid_t parent)
{
    char path[60];
    FILE *file;
    pid_t pid = 0;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
    file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
    fclose(file);
    return pid;
}

static bool is_stopped(void *pid)
{
    char path[40];
    char state = '?';
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", *(pid_t *)pid);
    file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
    fclose(file);
    return state == 'T';
}

/* `depth` generations below nsinit. */
static void ck_assert_ends_though_stopped(const struct process_options *options, int depth)
{
    struct process process;
    pid_t pid;

    process_start(&process, options);
    process_expect(&process, "there\n");
    pid = process.pid;
    while (depth-- > 0)
        pid = child_of(pid);
    ck_assert_int_eq(kill(pid, SIGSTOP), 0);
    wait_until(is_stopped, &pid, "the program's stop");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 9);
    process_drop(&process);
}

#define SAYS_9_TO_TERM                          \
    "--stop", "TERM/1h/KILL", "--", "sh", "-c", \
        "trap 'exit 9' TERM; echo there; while :; do read x; done"

START_TEST(a_stopped_program_can_act_on_the_schedules_signal)
{
    ck_assert_ends_though_stopped(AS_FIRST(SAYS_9_TO_TERM), 1);
    ck_assert_ends_though_stopped(AS_SECOND("-s", "-g", SAYS_9_TO_TERM), 1);
    ck_assert_ends_though_stopped(AS_SECOND("-s", "--stop-all", SAYS_9_TO_TERM), 1);
    ck_assert_ends_though_stopped(AS_SECOND("--unshare", "pid", SAYS_9_TO_TERM), 2);
}
END_TEST

TCase *stop_signal_targets_case(void)
{
    const TTest *const tests[] = {with_the_group_option_the_schedule_reaches_the_whole_group,
                                  without_it_the_schedule_reaches_the_program_alone,
                                  stop_all_reaches_a_daemon_in_a_session_of_its_own,
                                  an_ordinary_user_reaches_all_too,
                                  stop_all_reaches_other_groups_in_a_pod,
                                  without_stop_all_a_daemon_is_reached_when_the_program_has_ended,
                                  stop_all_kills_all,
                                  kill_ends_all_of_a_pid_namespace,
                                  a_stopped_program_can_act_on_the_schedules_signal,
                                  NULL};

    return case_of("stop_signal_targets", tests);
}
