/*
 * proc.c - tests of linux/proc.c
 */
#include "linux/proc.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

static const char status[] = "Name:\tsh\n"
                             "Uid:\t1000\t1001\t1002\t1003\n"
                             "NSpid:\t42\t7\t1\n"
                             "Seccomp_filters:\t3\n"
                             "CapBnd:\t000001ffffffffff\n"
                             "Short:\t\n";

START_TEST(fields_of_a_status_file_are_found_by_their_whole_name)
{
    unsigned long number = 77;
    uint64_t mask;

    ck_assert(proc_status_number(status, "Seccomp_filters", &number));
    ck_assert_uint_eq(number, 3);
    ck_assert(!proc_status_number(status, "Seccomp", &number));
    ck_assert(!proc_status_number(status, "Short", &number));
    ck_assert_uint_eq(number, 3);
    ck_assert(proc_status_mask(status, "CapBnd", &mask));
    ck_assert(mask == 0x1ffffffffff);
    ck_assert(!proc_status_mask(status, "CapPrm", &mask));
}
END_TEST

START_TEST(an_effective_id_is_the_second_of_four)
{
    ck_assert_int_eq((int)proc_status_effective_id(status, "Uid"), 1001);
    ck_assert_int_eq((int)proc_status_effective_id(status, "Gid"), -1);
}
END_TEST

START_TEST(pids_are_read_from_the_outermost_namespace_inwards)
{
    pid_t pids[2];

    ck_assert_uint_eq(proc_status_nspid(status, pids, 2), 2);
    ck_assert_int_eq(pids[0], 42);
    ck_assert_int_eq(pids[1], 7);
    ck_assert_uint_eq(proc_status_nspid("", pids, 2), 0);
}
END_TEST

/* Of a child: qemu-user makes up some files of the process itself. */
START_TEST(a_stat_file_is_read_whatever_the_process_calls_itself)
{
    struct proc_stat stat;
    char name[PROC_COMM_SIZE];
    int ready[2];
    pid_t child;

    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_NAME, "a) S 1 (b");
        (void)!write(ready[1], "", 1);
        for (;;)
            pause();
    }
    ck_assert_int_eq((int)read(ready[0], name, 1), 1);
    ck_assert_int_eq(proc_read_stat(child, &stat), 0);
    ck_assert_int_eq(stat.ppid, getpid());
    ck_assert_int_eq(stat.pgrp, getpgrp());
    ck_assert_uint_ge(stat.num_threads, 1);
    ck_assert(!stat.is_kernel_thread);
    ck_assert(stat.starttime > 0);
    proc_read_comm(child, name, sizeof name);
    ck_assert_str_eq(name, "a) S 1 (b");
    proc_read_comm(child, name, 3);
    ck_assert_str_eq(name, "a)");
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    close(ready[0]);
    close(ready[1]);
}
END_TEST

START_TEST(a_process_that_has_ended_is_a_zombie_and_then_gone)
{
    struct proc_stat stat;
    siginfo_t info;
    char text[8] = "x";
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    ck_assert_int_eq(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    ck_assert_int_eq(proc_read_stat(child, &stat), 0);
    ck_assert_int_eq(stat.state, 'Z');
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_int_eq(proc_read_stat(child, &stat), -ENOENT);
    ck_assert_int_eq(proc_read(child, "status", text, sizeof text), -ENOENT);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(a_file_that_does_not_fit_is_an_error)
{
    char text[8];

    ck_assert_int_eq(proc_read(getpid(), "status", text, sizeof text), -ENAMETOOLONG);
    ck_assert_uint_eq(strlen(text), sizeof text - 1);
    ck_assert_int_eq(proc_read_link(getpid(), "ns/pid", text, sizeof text), -ENAMETOOLONG);
    ck_assert_str_eq(text, "");
}
END_TEST

TCase *proc_case(void)
{
    const TTest *const tests[] = {fields_of_a_status_file_are_found_by_their_whole_name,
                                  an_effective_id_is_the_second_of_four,
                                  pids_are_read_from_the_outermost_namespace_inwards,
                                  a_stat_file_is_read_whatever_the_process_calls_itself,
                                  a_process_that_has_ended_is_a_zombie_and_then_gone,
                                  a_file_that_does_not_fit_is_an_error,
                                  NULL};

    return case_of("proc", tests);
}
