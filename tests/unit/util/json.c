/*
 * json.c - tests of util/json.c and util/utf8.c
 */
#include "util/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"
#include "util/utf8.h"

static void becomes(const char *string, const char *expected)
{
    char buffer[200];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    json_add_string(&text, string);
    ck_assert_str_eq(buffer, expected);
}

START_TEST(a_string_is_put_into_quotes)
{
    becomes("", "\"\"");
    becomes("a b/c", "\"a b/c\"");
}
END_TEST

START_TEST(what_would_end_the_string_or_the_line_is_escaped)
{
    becomes("say \"a\\b\"", "\"say \\\"a\\\\b\\\"\"");
    becomes("1\n2\t3", "\"1\\n2\\t3\"");
    becomes("\001\r\033\037\177", "\"\\u0001\\u000d\\u001b\\u001f\\u007f\"");
    becomes("\xC2\x9Bm\xC2\xA0", "\"\\u009bm\xC2\xA0\"");
}
END_TEST

START_TEST(utf8_stays_as_it_is)
{
    becomes("\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80", "\"\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80\"");
}
END_TEST

START_TEST(each_byte_that_is_no_utf8_becomes_the_replacement_character)
{
    becomes("a\xFFz", "\"a\xEF\xBF\xBDz\"");
    /* Cut off by the end, or by another character, which stays. */
    becomes("\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    becomes("\xC3\"", "\"\xEF\xBF\xBD\\\"\"");
}
END_TEST

START_TEST(bytes_may_have_zeros_and_a_character_ends_with_them)
{
    char buffer[200];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    json_add_bytes(&text, "a\0b\xC3\xA4", 4);
    ck_assert_str_eq(buffer, "\"a\\u0000b\xEF\xBF\xBD\"");
}
END_TEST

START_TEST(a_cut_leaves_characters_whole)
{
    ck_assert_uint_eq(utf8_cut("abcd", 3), 3);
    ck_assert_uint_eq(utf8_cut("ab\xC3\xA4", 3), 2);
    ck_assert_uint_eq(utf8_cut("ab\xC3\xA4", 4), 4);
    ck_assert_uint_eq(utf8_cut("a\xE2\x82\xAC", 3), 1);
    ck_assert_uint_eq(utf8_cut("a\xF0\x9F\x98\x80", 4), 1);
    ck_assert_uint_eq(utf8_cut("a\xF0\x9F\x98\x80", 5), 5);
    /* No UTF-8: anywhere. */
    ck_assert_uint_eq(utf8_cut("\x80\x80\x80\x80\x80", 4), 4);
    ck_assert_uint_eq(utf8_cut("\xFF\xC0\xC1\xFF", 3), 3);
}
END_TEST

static const struct sequence {
    const char *text;
    size_t length;
} sequences[] = {
    {"A", 1},
    {"\x7F", 1},
    {"\xC2\x80", 2},
    {"\xDF\xBF", 2},
    {"\xE0\xA0\x80", 3},
    {"\xED\x9F\xBF", 3},
    {"\xEE\x80\x80", 3},
    {"\xEF\xBF\xBF", 3},
    {"\xF0\x90\x80\x80", 4},
    {"\xF4\x8F\xBF\xBF", 4},
    /* Nothing begins so. */
    {"\x80", 0},
    {"\xBF", 0},
    {"\xF5\x80\x80\x80", 0},
    {"\xFF", 0},
    /* Longer than need be. */
    {"\xC0\x80", 0},
    {"\xC1\xBF", 0},
    {"\xE0\x9F\xBF", 0},
    {"\xF0\x8F\xBF\xBF", 0},
    /* Surrogates, and beyond the last character. */
    {"\xED\xA0\x80", 0},
    {"\xED\xBF\xBF", 0},
    {"\xF4\x90\x80\x80", 0},
    /* Too short. */
    {"\xC2", 0},
    {"\xC2 ", 0},
    {"\xE2\x82", 0},
    {"\xE2\x82 ", 0},
    {"\xF0\x9F\x98", 0},
    {"\xF0\x9F\x98 ", 0},
};

START_TEST(a_sequence_of_utf8_is_known_by_its_length)
{
    const struct sequence *sequence = &sequences[_i];

    ck_assert_uint_eq(utf8_sequence(sequence->text), sequence->length);
    ck_assert(utf8_is_valid(sequence->text) == (sequence->length != 0));
}
END_TEST

START_TEST(a_text_is_valid_when_all_of_it_is)
{
    ck_assert(utf8_is_valid(""));
    ck_assert(utf8_is_valid("gr\xC3\xBC\xC3\x9F"));
    ck_assert(!utf8_is_valid("valid up to here \xC3"));
    ck_assert(!utf8_is_valid("\xC3\x9F\x9F"));
}
END_TEST

START_TEST(an_array_of_strings_becomes_words)
{
    char **words = json_read_words(" [ \"/app\",\"--check\" , \"\" ]\n");

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
    char **words = json_read_words(
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\", \"\\u0041\\u00e4\\u20AC\\uD83D\\uDE00\"]");

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
        ck_assert_msg(json_read_words(wrong[i]) == NULL, "%s", wrong[i]);
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

        ck_assert_ptr_null(json_read_words(cut));
        free(cut);
    }
}
END_TEST

TCase *json_case(void)
{
    const TTest *const tests[] = {a_string_is_put_into_quotes,
                                  what_would_end_the_string_or_the_line_is_escaped,
                                  utf8_stays_as_it_is,
                                  each_byte_that_is_no_utf8_becomes_the_replacement_character,
                                  a_text_is_valid_when_all_of_it_is,
                                  bytes_may_have_zeros_and_a_character_ends_with_them,
                                  a_cut_leaves_characters_whole,
                                  an_array_of_strings_becomes_words,
                                  escapes_are_resolved_as_rfc_8259_has_them,
                                  what_is_no_array_of_strings_is_refused,
                                  a_text_that_is_cut_off_anywhere_is_refused,
                                  NULL};
    TCase *tcase = case_of("json", tests);

    tcase_add_loop_test(tcase, a_sequence_of_utf8_is_known_by_its_length, 0,
                        sizeof sequences / sizeof sequences[0]);
    return tcase;
}
