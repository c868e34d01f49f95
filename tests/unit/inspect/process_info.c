/*
 * process_info.c - tests of inspect/process_info.c
 */
#include "inspect/process_info.h"

#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

static const struct {
    const char *text;
    const char *printable;
} texts[] = {
    {"", ""},
    {"plain words", "plain words"},
    {"k\xc3\xa4se \xe2\x94\x80 \xf0\x9f\x90\x9a", "k\xc3\xa4se \xe2\x94\x80 \xf0\x9f\x90\x9a"},
    {"a\033[31mb\nc\td\x7f", "a [31mb c d "},
    {"\xc2\x9b"
     "31m",
     "  31m"},
    {"a\xff\xc3", "a??"},
    {"\xc0\xaf", "??"},
    {"\xe2\x94", "??"},
};

START_TEST(what_a_terminal_would_obey_becomes_a_blank_and_what_is_no_utf_8_a_question_mark)
{
    char text[64];

    snprintf(text, sizeof text, "%s", texts[_i].text);
    process_info_make_printable(text);
    ck_assert_str_eq(text, texts[_i].printable);
}
END_TEST

TCase *process_info_case(void)
{
    const TTest *const tests[] = {NULL};
    TCase *tcase = case_of("process_info", tests);

    tcase_add_loop_test(
        tcase, what_a_terminal_would_obey_becomes_a_blank_and_what_is_no_utf_8_a_question_mark, 0,
        sizeof texts / sizeof texts[0]);
    return tcase;
}
