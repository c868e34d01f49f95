/*
 * exclusions.h - tests that can't do where they are run: those in the file that TESTS_EXCLUDED
 * names A line "= REASON" is for the lines below it, each of which is a CASE.TEST, as a pattern of
 * fnmatch(3). Empty lines do not count, nor those that begin with #.
 */
#ifndef NSINIT_TESTS_SUPPORT_EXCLUSIONS_H
#define NSINIT_TESTS_SUPPORT_EXCLUSIONS_H

/* Why this test is not to be run, or NULL. The reason stays. */
const char *exclusion_of(const char *case_name, const char *test);

#endif
