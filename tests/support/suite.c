/*
 * suite.c - a test program: its cases, each run alone by CTest through CK_RUN_CASE
 */
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * Tests may leave their own memory to the end of their process. The sanitizer asks for this by
 * this name, in the test program alone: nsinit's leaks are found.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

TCase *case_of(const char *name, const TTest *const *tests)
{
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, TEST_TIMEOUT);
    for (; *tests != NULL; tests++)
        tcase_add_test(tcase, *tests);
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
