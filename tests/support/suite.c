/*
 * suite.c - a test program: its cases and tests, of which the command line may choose
 */
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Tests that only print why they are excluded. */
static struct {
    TTest test;
    const char *reason;
} excluded[EXCLUSIONS_MAX];
static int excluded_count;

/* The case that is being made. */
static const char *case_name;

/* What the command line has chosen, NULL for all, and whether the program has it. */
static struct {
    bool list;
    const char *case_name;
    const char *test;
    bool case_found;
    bool test_found;
} choice;

static bool is_chosen_case(void)
{
    return choice.case_name == NULL || strcmp(choice.case_name, case_name) == 0;
}

static void print_reason(int index)
{
    skip_test(excluded[index].test.name, excluded[index].reason);
}

void add_test(TCase *tcase, const TTest *test, int start, int end)
{
    const char *reason = exclusion_of(case_name, test->name);

    if (choice.list && is_chosen_case())
        printf("%s %s\n", case_name, test->name);
    if (choice.test != NULL && strcmp(choice.test, test->name) != 0)
        return;
    choice.test_found |= is_chosen_case();
    if (reason == NULL || excluded_count == EXCLUSIONS_MAX) {
        tcase_add_loop_test_raise_signal(tcase, test, 0, start, end);
        return;
    }
    excluded[excluded_count].test = (TTest){test->name, print_reason, test->file, test->line};
    excluded[excluded_count].reason = reason;
    tcase_add_loop_test_raise_signal(tcase, &excluded[excluded_count].test, 0, excluded_count,
                                     excluded_count + 1);
    excluded_count++;
}

TCase *case_of(const char *name, const TTest *const *tests)
{
    TCase *tcase = tcase_create(name);

    case_name = name;
    choice.case_found |= is_chosen_case();
    tcase_set_timeout(tcase, TEST_TIMEOUT);
    for (; *tests != NULL; tests++)
        add_test(tcase, *tests, 0, 1);
    return tcase;
}

static int usage_error(const char *program, const char *subject, const char *reason)
{
    fprintf(stderr, "%s: %s: %s\nusage: %s [CASE [TEST]], or --list [CASE]\n", program, subject,
            reason, program);
    return EXIT_USAGE;
}

/* Returns 0, or an exit code. */
static int choose(int argc, char **argv)
{
    if (argc > 3)
        return usage_error(argv[0], argv[3], "too many arguments");
    choice.case_name = getenv("CK_RUN_CASE");
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        choice.list = true;
        if (argc > 2)
            choice.case_name = argv[2];
    } else if (argc > 1) {
        choice.case_name = argv[1];
        choice.test = argc > 2 ? argv[2] : NULL;
    }
    /* libcheck reads the name from there; so may a suite's set_up. */
    if (choice.case_name != NULL && setenv("CK_RUN_CASE", choice.case_name, 1) < 0)
        return usage_error(argv[0], choice.case_name, "out of memory");
    return 0;
}

static int run(const struct suite *suite, const char *program)
{
    Suite *all = suite_create(suite->name);
    SRunner *runner = srunner_create(all);
    int exit_code = EXIT_SUCCESS;

    for (case_maker *const *maker = suite->makers; *maker != NULL; maker++)
        suite_add_tcase(all, (*maker)());
    /* The time limit of a test exists in this mode only. */
    srunner_set_fork_status(runner, CK_FORK);
    srunner_set_tap(runner, "-");
    /* libcheck runs nothing and succeeds when a name is misspelt. */
    if (!choice.case_found) {
        exit_code = usage_error(program, choice.case_name, "unknown case");
    } else if (choice.test != NULL && !choice.test_found) {
        exit_code = usage_error(program, choice.test, "unknown test");
    } else if (!choice.list) {
        srunner_run_all(runner, CK_SILENT);
        if (srunner_ntests_failed(runner) > 0)
            exit_code = EXIT_FAILURE;
    }
    srunner_free(runner);
    return exit_code;
}

int suite_main(const struct suite *suite, int argc, char **argv)
{
    const char *missing;
    int exit_code = choose(argc, argv);

    if (exit_code != 0)
        return exit_code;
    if (choice.list)
        return run(suite, argv[0]);
    missing = suite->missing != NULL ? suite->missing() : NULL;
    if (missing != NULL) {
        skip_test(choice.case_name != NULL ? choice.case_name : "all", missing);
        return EXIT_SKIPPED;
    }
    if (suite->set_up != NULL && !suite->set_up())
        return EXIT_FAILURE;
    exit_code = run(suite, argv[0]);
    if (suite->tear_down != NULL)
        suite->tear_down();
    return exit_code;
}

void skip_test(const char *test, const char *reason)
{
    printf("# SKIPPED %s: %s\n", test, reason);
    fflush(stdout);
}
