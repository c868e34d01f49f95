/*
 * processes.c - tests of supervise/processes.c
 */
#include "supervise/processes.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

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

    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    last = start_line(2, &first);
    ck_assert_int_eq(kill(first, SIGKILL), 0);
    ck_assert_int_eq(waitpid(first, NULL, 0), first);
    ck_assert_int_eq(processes_child_above(last, getpid()), last);
}
END_TEST

TCase *processes_case(void)
{
    const TTest *const tests[] = {the_child_above_a_process_is_the_ancestors_own,
                                  who_does_not_descend_from_it_has_none,
                                  who_is_too_far_down_can_not_be_told,
                                  who_has_ended_can_be_told_until_it_is_waited_for,
                                  an_orphan_is_the_child_itself,
                                  NULL};

    return case_of("processes", tests);
}
