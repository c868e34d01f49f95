/*
 * suite.h - a test program: its cases and tests, of which the command line may choose
 */
#ifndef NSINIT_TESTS_SUPPORT_SUITE_H
#define NSINIT_TESTS_SUPPORT_SUITE_H

#include <check.h>
#include <stdbool.h>

/* Seconds a test may take; the tests' own deadlines are shorter. */
enum { TEST_TIMEOUT = 150 };

/* Exit codes of a test program: a wrong command line, and the code that CTest counts as skipped. */
enum { EXIT_USAGE = 2, EXIT_SKIPPED = 77 };

typedef TCase *case_maker(void);

/* A TCase of the name with the tests, which a NULL ends. */
TCase *case_of(const char *name, const TTest *const *tests);

/* Add a test, for each index from `start` to before `end`, unless it is excluded (exclusions.h). */
void add_test(TCase *tcase, const TTest *test, int start, int end);

/* libcheck's function knows neither exclusions nor the test that the command line chooses. */
#undef tcase_add_loop_test
#define tcase_add_loop_test add_test

struct suite {
    const char *name;
    case_maker *const *makers;    /* a NULL ends them */
    const char *(*missing)(void); /* why no test can run here, or NULL; may be NULL */
    bool (*set_up)(void);         /* before the cases are made; may be NULL */
    void (*tear_down)(void);      /* at the end, when set_up has succeeded; may be NULL */
};

/*
 * The main() of a test program: `PROGRAM [CASE [TEST]]` runs all tests, one case or one test, and
 * `PROGRAM --list` prints them. CK_RUN_CASE in the environment chooses a case too.
 */
int suite_main(const struct suite *suite, int argc, char **argv);

/* Print that a test does not run and why, on a line that contrib/test counts; the test returns. */
void skip_test(const char *test, const char *reason);

#endif
