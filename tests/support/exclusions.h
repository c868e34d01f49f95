/*
 * exclusions.h - tests that can't run on this machine, from the file named by TESTS_EXCLUDED
 * A line "= REASON" is for the lines below it; each of them is a CASE.TEST, as a pattern of
 * fnmatch(3). Empty lines do not count, nor lines that begin with #.
 */
#ifndef NSINIT_TESTS_SUPPORT_EXCLUSIONS_H
#define NSINIT_TESTS_SUPPORT_EXCLUSIONS_H

/* Returns why the test is excluded, or NULL. The string is never freed. */
const char *exclusion_of(const char *case_name, const char *test);

#endif
