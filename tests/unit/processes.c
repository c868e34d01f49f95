/*
 * processes.c - tests of supervise/processes.c and supervise/group.c: a signal goes to who is meant
 */
#include "supervise/processes.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervise/group.h"
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
    seen.start++;
    ck_assert(!processes_has(&list, &seen));
    ck_assert_int_eq(process_signal(&seen, SIGKILL, NULL), -ESRCH);
    ck_assert_int_eq(process_signal(&list.processes[0], SIGUSR1, NULL), 0);
    ck_assert_int_eq(end_of(child), SIGUSR1);
    ck_assert_int_eq(process_signal(&list.processes[0], SIGUSR1, NULL), -ESRCH);
    processes_free(&list);
}
END_TEST

START_TEST(a_group_is_signalled_after_its_leader_until_nobody_is_left)
{
    struct group group = GROUP_NONE;
    pid_t leader = start_group();
    pid_t member = fork();

    if (member == 0)
        for (;;)
            pause();
    ck_assert_int_eq(setpgid(member, leader), 0);
    group_begin(&group, leader);
    ck_assert_int_eq(group_signal(&group, 0), 0);
    kill(leader, SIGKILL);
    ck_assert_int_eq(end_of(leader), SIGKILL);
    group_on_leader_end(&group);
    ck_assert_int_eq(group_signal(&group, SIGUSR1), 0);
    ck_assert_int_eq(end_of(member), SIGUSR1);
    ck_assert_int_eq(group_signal(&group, SIGUSR1), -ESRCH);
    group_end(&group);
    ck_assert_int_eq(group_signal(&group, SIGUSR1), -ESRCH);
}
END_TEST

START_TEST(a_group_that_ends_with_its_leader_is_forgotten)
{
    struct group group = GROUP_NONE;
    pid_t leader = start_group();

    group_begin(&group, leader);
    ck_assert_int_eq(group_signal(&group, SIGUSR1), 0);
    ck_assert_int_eq(end_of(leader), SIGUSR1);
    group_on_leader_end(&group);
    ck_assert_int_eq(group.number, 0);
    ck_assert_int_eq(group.leader, -1);
}
END_TEST

TCase *processes_case(void)
{
    const TTest *const tests[] = {who_has_the_pid_of_another_one_is_not_signalled,
                                  a_group_is_signalled_after_its_leader_until_nobody_is_left,
                                  a_group_that_ends_with_its_leader_is_forgotten, NULL};

    return case_of("processes", tests);
}
