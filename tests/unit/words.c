/*
 * words.c - tests of util/words.c
 */
#include "util/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

START_TEST(an_array_of_strings_becomes_words)
{
    char **words = words_of_json(" [ \"/app\",\"--check\" , \"\" ]\n");

    ck_assert_ptr_nonnull(words);
    ck_assert_str_eq(words[0], "/app");
    ck_assert_str_eq(words[1], "--check");
    ck_assert_str_eq(words[2], "");
    ck_assert_ptr_null(words[3]);
    free(words);
}
END_TEST

START_TEST(escapes_are_resolved_as_rfc_8259_has_them)
{
    char **words =
        words_of_json("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\", \"\\u0041\\u00e4\\u20AC\\uD83D\\uDE00\"]");

    ck_assert_ptr_nonnull(words);
    ck_assert_str_eq(words[0], "\"\\/\b\f\n\r\t");
    ck_assert_str_eq(words[1], "A\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
    free(words);
}
END_TEST

START_TEST(what_is_no_array_of_strings_is_refused)
{
    static const char *const wrong[] = {
        "",
        "[",
        "[]",
        "[ -e file ]",
        "[\"a\"",
        "[\"a\",]",
        "[\"a]",
        "[1]",
        "[\"a\"] b",
        "\"a\"",
        "[\"a\" \"b\"]",
        "[\"\\x\"]",
        "[\"\\",
        "[\"\\u12",
        "[\"\\u00g0\"]",
        "[\"\\u0000\"]",
        "[\"\\uD83D\"]",
        "[\"\\uDE00\"]",
        "[\"a\nb\"]",
        "[\"\\uD83D\\u0041\"]",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        errno = 0;
        ck_assert_msg(words_of_json(wrong[i]) == NULL, "%s", wrong[i]);
        ck_assert_int_eq(errno, EINVAL);
    }
}
END_TEST

/* Any prefix of a valid text, in a block of exactly its size: the sanitizer sees a step too far. */
START_TEST(a_text_that_is_cut_off_anywhere_is_refused)
{
    static const char whole[] = "[\"a\\u20AC\\uD83D\\uDE00\", \"\\n\"]";

    for (size_t length = 0; length < sizeof whole - 1; length++) {
        char *cut = strndup(whole, length);

        ck_assert_ptr_null(words_of_json(cut));
        free(cut);
    }
}
END_TEST

TCase *words_case(void)
{
    const TTest *const tests[] = {
        an_array_of_strings_becomes_words, escapes_are_resolved_as_rfc_8259_has_them,
        what_is_no_array_of_strings_is_refused, a_text_that_is_cut_off_anywhere_is_refused, NULL};

    return case_of("words", tests);
}
