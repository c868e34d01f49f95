/*
 * utf8.c - tests of util/utf8.c
 */
#include "util/utf8.h"

#include <stdlib.h>

#include "unit/unit.h"

/* NULL: not set. */
static const struct {
    const char *all;
    const char *ctype;
    const char *lang;
    bool is_utf8;
} locales[] = {
    {NULL, NULL, NULL, false},
    {NULL, NULL, "de_DE.UTF-8", true},
    {NULL, NULL, "C.utf8", true},
    {NULL, NULL, "de_DE.UTF-8@euro", true},
    {NULL, NULL, "de_DE.ISO-8859-15@euro", false},
    {NULL, NULL, "C", false},
    {NULL, "POSIX", "C.UTF-8", false},
    {"", "", "C.UTF-8", true},
    {"C", "C.UTF-8", "C.UTF-8", false},
    {"en_GB.UTF-8", "C", "C", true},
};

static void set(const char *name, const char *value)
{
    if (value != NULL)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

START_TEST(the_first_variable_of_the_locale_that_is_not_empty_counts)
{
    set("LC_ALL", locales[_i].all);
    set("LC_CTYPE", locales[_i].ctype);
    set("LANG", locales[_i].lang);
    ck_assert_int_eq(utf8_in_locale(), locales[_i].is_utf8);
}
END_TEST

TCase *utf8_case(void)
{
    const TTest *const tests[] = {NULL};
    TCase *tcase = case_of("utf8", tests);

    tcase_add_loop_test(tcase, the_first_variable_of_the_locale_that_is_not_empty_counts, 0,
                        sizeof locales / sizeof locales[0]);
    return tcase;
}
