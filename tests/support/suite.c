/*
 * suite.c - a test program: its cases, each run alone by CTest through CK_RUN_CASE
 */
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/exclusions.h"

/*
 * Tests may leave their own memory to the end of their process. The sanitizer asks for this by
 * this name, in the test program alone: nsinit's leaks are found.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

enum { EXCLUSIONS_MAX = 1000 };

/* Tests of which only the reason is to be told. */
static struct {
    TTest test;
    const char *reason;
} excluded[EXCLUSIONS_MAX];
static int excluded_count;

/* The case that is being put together. */
static const char *case_name;

static void tell_reason(int index)
{
    skip_test(excluded[index].test.name, excluded[index].reason);
}

void add_test(TCase *tcase, const TTest *test, int start, int end)
{
    const char *reason = exclusion_of(case_name, test->name);

    if (reason == NULL || excluded_count == EXCLUSIONS_MAX) {
        tcase_add_loop_test_raise_signal(tcase, test, 0, start, end);
        return;
    }
    excluded[excluded_count].test = (TTest){test->name, tell_reason, test->file, test->line};
    excluded[excluded_count].reason = reason;
    tcase_add_loop_test_raise_signal(tcase, &excluded[excluded_count].test, 0, excluded_count,
                                     excluded_count + 1);
    excluded_count++;
}

TCase *case_of(const char *name, const TTest *const *tests)
{
    TCase *tcase = tcase_create(name);

    case_name = name;
    tcase_set_timeout(tcase, TEST_TIMEOUT);
    for (; *tests != NULL; tests++)
        add_test(tcase, *tests, 0, 1);
    return tcase;
}

int run_cases(const char *suite_name, case_maker *const *makers)
{
    Suite *suite = suite_create(suite_name);
    SRunner *runner = srunner_create(suite);
    int failed;

    for (; *makers != NULL; makers++)
        suite_add_tcase(suite, (*makers)());
    /* The time limit of a test exists in this mode only. */
    srunner_set_fork_status(runner, CK_FORK);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

void skip_test(const char *test, const char *reason)
{
    printf("# SKIPPED %s: %s\n", test, reason);
    fflush(stdout);
}
