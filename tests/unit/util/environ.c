/*
 * environ.c - tests of util/environ.c
 */
#include "util/environ.h"

#include <stddef.h>

#include "unit/unit.h"

START_TEST(a_variable_is_found_by_its_whole_name)
{
    char *environment[] = {"PATHS=a", "PAT=b", "BARE", "PATH=c", NULL};

    ck_assert_ptr_eq(environment_find(environment, "PATH"), &environment[3]);
    ck_assert_ptr_eq(environment_find(environment, "PATH=x"), &environment[3]);
    ck_assert_ptr_eq(environment_find(environment, "BARE="), &environment[2]);
    ck_assert_ptr_null(environment_find(environment, "PA"));
    ck_assert_ptr_null(environment_find(environment, "PATHS_"));
}
END_TEST

START_TEST(a_variable_is_set_in_its_old_place_or_behind_all)
{
    char *environment[4] = {"A=1", "B=2", NULL};

    environment_set(environment, "A=3");
    environment_set(environment, "C=4");
    ck_assert_str_eq(environment[0], "A=3");
    ck_assert_str_eq(environment[1], "B=2");
    ck_assert_str_eq(environment[2], "C=4");
    ck_assert_ptr_null(environment[3]);
}
END_TEST

START_TEST(a_variable_that_is_taken_out_leaves_no_gap)
{
    char *environment[] = {"A=1", "B=2", "C=3", NULL};

    environment_unset(environment, "B");
    environment_unset(environment, "D");
    ck_assert_str_eq(environment[0], "A=1");
    ck_assert_str_eq(environment[1], "C=3");
    ck_assert_ptr_null(environment[2]);
}
END_TEST

TCase *environ_case(void)
{
    const TTest *const tests[] = {a_variable_is_found_by_its_whole_name,
                                  a_variable_is_set_in_its_old_place_or_behind_all,
                                  a_variable_that_is_taken_out_leaves_no_gap, NULL};

    return case_of("environ", tests);
}
