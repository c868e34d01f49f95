/*
 * path_search.c - tests of util/path_search.c
 */
#include "util/path_search.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

/* All candidates, each with a bar behind it. */
static const char *candidates(const char *program, char *path_variable)
{
    static char all[4 * PATH_MAX];
    char *environment[] = {"OTHER=1", path_variable, NULL};
    struct path_search search = path_search(program, environment);
    char candidate[PATH_MAX];

    all[0] = '\0';
    while (path_search_next(&search, candidate)) {
        strcat(all, candidate);
        strcat(all, "|");
    }
    return all;
}

START_TEST(a_name_with_a_slash_is_itself)
{
    ck_assert_str_eq(candidates("/bin/sh", "PATH=/a:/b"), "/bin/sh|");
    ck_assert_str_eq(candidates("./x", "PATH=/a:/b"), "./x|");
}
END_TEST

START_TEST(a_bare_name_is_looked_for_in_each_directory)
{
    ck_assert_str_eq(candidates("x", "PATH=/a:/b/c"), "/a/x|/b/c/x|");
    ck_assert_str_eq(candidates("x", "PATH=/a"), "/a/x|");
}
END_TEST

START_TEST(an_empty_directory_is_the_working_directory)
{
    ck_assert_str_eq(candidates("x", "PATH=:/a::/b:"), "x|/a/x|x|/b/x|x|");
    ck_assert_str_eq(candidates("x", "PATH="), "x|");
}
END_TEST

START_TEST(no_path_means_dockers)
{
    ck_assert_str_eq(candidates("x", NULL),
                     "/usr/local/sbin/x|/usr/local/bin/x|/usr/sbin/x|/usr/bin/x|/sbin/x|/bin/x|");
}
END_TEST

START_TEST(an_empty_name_is_nowhere)
{
    ck_assert_str_eq(candidates("", "PATH=/a:/b"), "");
}
END_TEST

START_TEST(a_path_that_is_too_long_is_left_out)
{
    static char variable[PATH_MAX + 20];

    memset(variable, 'x', PATH_MAX + 10);
    memcpy(variable, "PATH=/", 6);
    memcpy(variable + PATH_MAX + 6, ":/b", 4);
    ck_assert_str_eq(candidates("x", variable), "/b/x|");
}
END_TEST

TCase *path_search_case(void)
{
    const TTest *const tests[] = {a_name_with_a_slash_is_itself,
                                  a_bare_name_is_looked_for_in_each_directory,
                                  an_empty_directory_is_the_working_directory,
                                  no_path_means_dockers,
                                  an_empty_name_is_nowhere,
                                  a_path_that_is_too_long_is_left_out,
                                  NULL};

    return case_of("path_search", tests);
}
