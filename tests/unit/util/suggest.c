/*
 * suggest.c - tests of util/suggest.c
 */
#include "util/suggest.h"

#include "unit/unit.h"

static const char *closest_of(const char *wrong)
{
    static const char *const valid[] = {"group", "subreaper", "rewrite", "remap-exit"};
    struct suggestion closest = suggest_for(wrong);

    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++)
        suggest_offer(&closest, valid[i]);
    return closest.best;
}

START_TEST(a_near_miss_finds_the_valid_spelling)
{
    ck_assert_str_eq(closest_of("grup"), "group");
    ck_assert_str_eq(closest_of("subreeper"), "subreaper");
    ck_assert_str_eq(closest_of("sub-reaper"), "subreaper");
    ck_assert_str_eq(closest_of("rewriet"), "rewrite");
    ck_assert_str_eq(closest_of("REWRITE"), "rewrite");
}
END_TEST

START_TEST(a_word_that_is_far_from_all_finds_none)
{
    ck_assert_ptr_null(closest_of("help"));
    ck_assert_ptr_null(closest_of("x"));
    ck_assert_ptr_null(closest_of(""));
    ck_assert_ptr_null(closest_of("a-word-that-is-longer-than-any-option-could-ever-be"));
    ck_assert_ptr_null(closest_of("a-word-of-which-a-third-is-longer-than-all-the-letters-that-are-"
                                  "compared-whatever-the-option-may-be"));
}
END_TEST

TCase *suggest_case(void)
{
    const TTest *const tests[] = {a_near_miss_finds_the_valid_spelling,
                                  a_word_that_is_far_from_all_finds_none, NULL};

    return case_of("suggest", tests);
}
