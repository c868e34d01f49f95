/*
 * strbuf.c - tests of util/strbuf.c
 */
#include "util/strbuf.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

START_TEST(formats_as_printf_does)
{
    char ours[200];
    char theirs[200];
    struct strbuf text = strbuf_in(ours, sizeof ours);

    strbuf_format(&text, "%s|%c|%d|%u|%ld|%lu|%lld|%llu|%zu|%%|%d", "word", 'x', -5, 7U, LONG_MIN,
                  ULONG_MAX, LLONG_MIN, ULLONG_MAX, (size_t)9, INT_MIN);
    snprintf(theirs, sizeof theirs, "%s|%c|%d|%u|%ld|%lu|%lld|%llu|%zu|%%|%d", "word", 'x', -5, 7U,
             LONG_MIN, ULONG_MAX, LLONG_MIN, ULLONG_MAX, (size_t)9, INT_MIN);
    ck_assert_str_eq(ours, theirs);
    ck_assert_uint_eq(text.length, strlen(theirs));
}
END_TEST

START_TEST(numbers_have_zeros_in_front_up_to_their_width)
{
    char buffer[64];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    strbuf_format(&text, "%03d|%03d|%03d|%03ld|%02x|%02x|%x", 0, 42, 4200, 7L, 10U, 255U,
                  0x80000000U);
    ck_assert_str_eq(buffer, "000|042|4200|007|0a|ff|80000000");
}
END_TEST

START_TEST(says_what_errno_means)
{
    char buffer[100];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    errno = ENOENT;
    strbuf_format(&text, "open: %m");
    ck_assert_str_eq(buffer, "open: No such file or directory");
}
END_TEST

START_TEST(cuts_off_what_does_not_fit)
{
    char buffer[8] = "........";
    struct strbuf text = strbuf_in(buffer, 5);

    strbuf_format(&text, "ab%s", "cdefgh");
    strbuf_add(&text, "more");
    ck_assert_str_eq(buffer, "abcd");
    ck_assert_int_eq(buffer[5], '.');
}
END_TEST

START_TEST(a_lonely_percent_sign_ends_the_text)
{
    char buffer[8];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat"
    strbuf_format(&text, "ab%");
#pragma GCC diagnostic pop
    ck_assert_str_eq(buffer, "ab");
}
END_TEST

static const struct {
    const char *string;
    const char *shown;
} visibles[] = {
    {"", ""},
    {"plain text\\ and \"more\"", "plain text\\ and \"more\""},
    {"K\xC3\xA4se \xE2\x9C\x93 \xF0\x9F\x98\x80", "K\xC3\xA4se \xE2\x9C\x93 \xF0\x9F\x98\x80"},
    {"1\n2\t3\r", "1\\x0a2\\x093\\x0d"},
    {"\033[31mred\177", "\\x1b[31mred\\x7f"},
    /* C1 controls, as UTF-8 and as a byte; U+00A0 is none. */
    {"\xC2\x9Bm\x9Bm\xC2\xA0", "\\xc2\\x9bm\\x9bm\xC2\xA0"},
    {"cut \xE2\x9C", "cut \\xe2\\x9c"},
};

START_TEST(somebody_elses_text_is_made_visible)
{
    char buffer[100];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    strbuf_add_visible(&text, visibles[_i].string);
    ck_assert_str_eq(buffer, visibles[_i].shown);
}
END_TEST

TCase *strbuf_case(void)
{
    const TTest *const tests[] = {formats_as_printf_does,
                                  numbers_have_zeros_in_front_up_to_their_width,
                                  says_what_errno_means,
                                  cuts_off_what_does_not_fit,
                                  a_lonely_percent_sign_ends_the_text,
                                  NULL};
    TCase *tcase = case_of("strbuf", tests);

    tcase_add_loop_test(tcase, somebody_elses_text_is_made_visible, 0,
                        sizeof visibles / sizeof visibles[0]);
    return tcase;
}
