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

START_TEST(control_characters_become_blanks_and_invalid_utf_8_question_marks)
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

    tcase_add_loop_test(tcase, control_characters_become_blanks_and_invalid_utf_8_question_marks, 0,
                        sizeof texts / sizeof texts[0]);
    return tcase;
}
