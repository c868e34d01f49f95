/*
 * suite.h - a test program: its cases, each run alone by CTest through CK_RUN_CASE
 */
#ifndef NSINIT_TESTS_SUPPORT_SUITE_H
#define NSINIT_TESTS_SUPPORT_SUITE_H

#include <check.h>

/* Seconds a test may take; the tests' own deadlines are shorter. */
enum { TEST_TIMEOUT = 150 };

/* Exit code by which CTest counts a case as skipped. */
enum { EXIT_SKIPPED = 77 };

typedef TCase *case_maker(void);

/* A TCase of the name with the tests, which a NULL ends. */
TCase *case_of(const char *name, const TTest *const *tests);

/* Add a test, for each index from `start` to before `end`, unless it is excluded (exclusions.h). */
void add_test(TCase *tcase, const TTest *test, int start, int end);

/* check's own knows no exclusions. */
#undef tcase_add_loop_test
#define tcase_add_loop_test add_test

/* Run all cases (or the one in CK_RUN_CASE) in fork mode; the exit code of main(). */
int run_cases(const char *suite_name, case_maker *const *makers);

/* Say that a test did not run and why, on a line that contrib/test counts; the test then returns.
 */
void skip_test(const char *test, const char *reason);

#endif
