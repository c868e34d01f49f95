/*
 * unsignallable_processes.c - processes that nsinit may not signal: an ordinary user's nsinit, and
 * what has become root below it
 */
#include <signal.h>

#include "system/system.h"

static const char *const refusal = "(set-user-id-pro): Operation not permitted: left running";

static void start(struct process *process, enum place place, const char *const *arguments)
{
    process_start(process, &(struct process_options){
                               .arguments = arguments, .place = place, .uid = ORDINARY_USER});
}

START_TEST(process_1_ends_after_kill_and_the_kernel_ends_the_rest)
{
    struct process process;

    if (lacks_root("process_1_ends_after_kill_and_the_kernel_ends_the_rest"))
        return;
    start(&process, PLACE_FIRST,
          NSINIT("--drain", "TERM/10ms/KILL", "--", set_user_id_probe(), "left-root"));
    process_expect(&process, "root is there");
    ck_assert_int_eq(process_wait(&process), 7);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(a_subreaper_gives_up_with_a_warning)
{
    struct process process;

    if (lacks_root("a_subreaper_gives_up_with_a_warning"))
        return;
    start(&process, PLACE_SECOND,
          NSINIT("-s", "--drain", "TERM/10ms/KILL", "--", set_user_id_probe(), "left-root"));
    process_expect(&process, "root is there");
    ck_assert_int_eq(process_wait(&process), 7);
    ck_assert(process.left_some);
    ck_assert_contains(process.errors.text, "drain: kill ");
    ck_assert_int_eq(count_of(process.errors.text, refusal), 1);
}
END_TEST

START_TEST(without_adoption_the_group_is_left_with_a_warning)
{
    struct process process;

    if (lacks_root("without_adoption_the_group_is_left_with_a_warning"))
        return;
    start(&process, PLACE_SECOND,
          NSINIT("--drain", "TERM/10ms/KILL", "--", set_user_id_probe(), "left-root"));
    process_expect(&process, "root is there");
    ck_assert_int_eq(process_wait(&process), 7);
    ck_assert(process.left_some);
    ck_assert_int_eq(count_of(process.errors.text, refusal), 1);
}
END_TEST

static const enum place places[] = {PLACE_FIRST, PLACE_SECOND};

START_TEST(a_restart_goes_on_without_it)
{
    struct process process;

    if (lacks_root("a_restart_goes_on_without_it"))
        return;
    start(&process, places[_i],
          NSINIT("-s", "--restart", "on-failure:2", QUICKLY, "--stop", "TERM/10ms/KILL", "--drain",
                 "TERM/10ms/KILL", "--", set_user_id_probe(), "left-root"));
    for (int run = 0; run < 3; run++)
        process_expect(&process, "root is there");
    ck_assert_int_eq(process_wait(&process), 7);
    /* One a restart: those of the runs before are not looked for again. */
    ck_assert_int_eq(count_of(process.errors.text, "main: kill "), 2);
}
END_TEST

START_TEST(a_stop_goes_on_without_the_program)
{
    struct process process;

    if (lacks_root("a_stop_goes_on_without_the_program"))
        return;
    start(&process, places[_i],
          NSINIT("-s", "--stop", "TERM/10ms/KILL", "--drain", "TERM/10ms/KILL", "--",
                 set_user_id_probe(), "root"));
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
    ck_assert_contains(process.errors.text, "Operation not permitted: left running");
}
END_TEST

TCase *unsignallable_processes_case(void)
{
    const TTest *const tests[] = {process_1_ends_after_kill_and_the_kernel_ends_the_rest,
                                  a_subreaper_gives_up_with_a_warning,
                                  without_adoption_the_group_is_left_with_a_warning, NULL};
    TCase *tcase = case_of("unsignallable_processes", tests);

    tcase_add_loop_test(tcase, a_restart_goes_on_without_it, 0, 2);
    tcase_add_loop_test(tcase, a_stop_goes_on_without_the_program, 0, 2);
    return tcase;
}
