/*
 * process_list.c - tests of linux/process_list.c and linux/process_group.c
 */
#include "linux/process_list.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux/process_group.h"
#include "unit/unit.h"

static pid_t start_group(void)
{
    pid_t child = fork();

    if (child == 0) {
        (void)setpgid(0, 0);
        for (;;)
            pause();
    }
    (void)setpgid(child, child);
    return child;
}

static int end_of(pid_t child)
{
    int status = 0;

    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

START_TEST(who_has_the_pid_of_another_one_is_not_signalled)
{
    struct process_list list;
    struct process seen;
    pid_t child = start_group();

    ck_assert_int_eq(processes_in_group(child, &list), 0);
    ck_assert_uint_eq(list.count, 1);
    seen = list.processes[0];
    ck_assert_int_eq(seen.pid, child);
    ck_assert(processes_has(&list, &seen));
    seen.stat.starttime++;
    ck_assert(!processes_has(&list, &seen));
    ck_assert_int_eq(process_signal(&seen, SIGKILL, NULL), -ESRCH);
    ck_assert_int_eq(process_signal(&list.processes[0], SIGUSR1, NULL), 0);
    ck_assert_int_eq(end_of(child), SIGUSR1);
    ck_assert_int_eq(process_signal(&list.processes[0], SIGUSR1, NULL), -ESRCH);
    processes_free(&list);
}
END_TEST

START_TEST(all_processes_are_read_in_the_order_of_their_pids)
{
    struct process_list list;
    pid_t child = start_group();

    ck_assert_int_eq(processes_read(&list), 0);
    ck_assert_uint_gt(list.count, 1);
    for (size_t i = 1; i < list.count; i++)
        ck_assert_int_lt(list.processes[i - 1].pid, list.processes[i].pid);
    processes_free(&list);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(end_of(child), SIGKILL);
}
END_TEST

START_TEST(a_group_is_signalled_after_its_leader_until_nobody_is_left)
{
    struct process_group group = PROCESS_GROUP_NONE;
    pid_t leader = start_group();
    pid_t member = fork();

    if (member == 0)
        for (;;)
            pause();
    ck_assert_int_eq(setpgid(member, leader), 0);
    process_group_begin(&group, leader);
    ck_assert_int_eq(process_group_signal(&group, 0), 0);
    kill(leader, SIGKILL);
    ck_assert_int_eq(end_of(leader), SIGKILL);
    process_group_on_leader_end(&group);
    ck_assert_int_eq(process_group_signal(&group, SIGUSR1), 0);
    ck_assert_int_eq(end_of(member), SIGUSR1);
    ck_assert_int_eq(process_group_signal(&group, SIGUSR1), -ESRCH);
    process_group_end(&group);
    ck_assert_int_eq(process_group_signal(&group, SIGUSR1), -ESRCH);
}
END_TEST

START_TEST(a_group_that_ends_with_its_leader_is_forgotten)
{
    struct process_group group = PROCESS_GROUP_NONE;
    pid_t leader = start_group();

    process_group_begin(&group, leader);
    ck_assert_int_eq(process_group_signal(&group, SIGUSR1), 0);
    ck_assert_int_eq(end_of(leader), SIGUSR1);
    process_group_on_leader_end(&group);
    ck_assert_int_eq(group.number, 0);
    ck_assert_int_eq(group.leader, -1);
}
END_TEST

/* A line of descendants, each the parent of the next: the last one tells its pid, and all stay. */
static pid_t start_line(int length, pid_t *first)
{
    pid_t last = -1;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    *first = fork();
    if (*first == 0) {
        while (--length > 0 && fork() == 0)
            ;
        last = getpid();
        if (length == 0)
            (void)!write(ends[1], &last, sizeof last);
        for (;;)
            pause();
    }
    ck_assert_int_eq(read(ends[0], &last, sizeof last), sizeof last);
    return last;
}

START_TEST(the_child_above_a_process_is_the_ancestors_own)
{
    pid_t first;
    pid_t last = start_line(4, &first);

    ck_assert_int_ne(first, last);
    ck_assert_int_eq(processes_child_above(last, getpid()), first);
    ck_assert_int_eq(processes_child_above(first, getpid()), first);
    ck_assert(processes_descends_from(last, getpid()));
    ck_assert(processes_descends_from(last, first));
}
END_TEST

START_TEST(who_does_not_descend_from_it_has_none)
{
    pid_t first;
    pid_t last = start_line(2, &first);

    ck_assert_int_eq(processes_child_above(getpid(), last), 0);
    ck_assert_int_eq(processes_child_above(first, last), 0);
    ck_assert(!processes_descends_from(getpid(), first));
}
END_TEST

/* However many they have made: what it costs to look is bounded. */
START_TEST(who_is_too_far_down_can_not_be_told)
{
    pid_t first;
    pid_t last = start_line(100, &first);

    ck_assert_int_eq(processes_child_above(last, getpid()), -ELOOP);
    ck_assert(!processes_descends_from(last, getpid()));
}
END_TEST

START_TEST(who_has_ended_can_be_told_until_it_is_waited_for)
{
    siginfo_t info;
    pid_t first;

    (void)start_line(1, &first);
    ck_assert_int_eq(kill(first, SIGKILL), 0);
    ck_assert_int_eq(waitid(P_PID, (id_t)first, &info, WEXITED | WNOWAIT), 0);
    ck_assert_int_eq(processes_child_above(first, getpid()), first);
    ck_assert_int_eq(waitpid(first, NULL, 0), first);
    ck_assert_int_eq(processes_child_above(first, getpid()), -ESRCH);
}
END_TEST

/* Its parent's end makes it a child of ours. */
START_TEST(an_orphan_is_the_child_itself)
{
    pid_t first;
    pid_t last;

    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) {
        skip_test("an_orphan_is_the_child_itself", "orphans can't be adopted here (qemu-user)");
        return;
    }
    last = start_line(2, &first);
    ck_assert_int_eq(kill(first, SIGKILL), 0);
    ck_assert_int_eq(waitpid(first, NULL, 0), first);
    ck_assert_int_eq(processes_child_above(last, getpid()), last);
}
END_TEST

TCase *process_list_case(void)
{
    const TTest *const tests[] = {who_has_the_pid_of_another_one_is_not_signalled,
                                  all_processes_are_read_in_the_order_of_their_pids,
                                  a_group_is_signalled_after_its_leader_until_nobody_is_left,
                                  a_group_that_ends_with_its_leader_is_forgotten,
                                  the_child_above_a_process_is_the_ancestors_own,
                                  who_does_not_descend_from_it_has_none,
                                  who_is_too_far_down_can_not_be_told,
                                  who_has_ended_can_be_told_until_it_is_waited_for,
                                  an_orphan_is_the_child_itself,
                                  NULL};

    return case_of("process_list", tests);
}
