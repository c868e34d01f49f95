/*
 * parse.c - tests of util/parse.c
 */
#include "util/parse.h"

#include <errno.h>

#include "unit/unit.h"

START_TEST(numbers_are_digits_and_nothing_else)
{
    static const char *const wrong[] = {"", " 1", "1 ", "+1", "-1", "1x", "0x1", "x"};
    unsigned long number = 77;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(parse_number(wrong[i], 100, &number) == -EINVAL, "'%s' is taken", wrong[i]);
    ck_assert_uint_eq(number, 77);
    ck_assert_int_eq(parse_number("007", 100, &number), 0);
    ck_assert_uint_eq(number, 7);
}
END_TEST

START_TEST(numbers_end_at_the_limit)
{
    unsigned long number = 77;

    ck_assert_int_eq(parse_number("100", 100, &number), 0);
    ck_assert_uint_eq(number, 100);
    ck_assert_int_eq(parse_number("101", 100, &number), -ERANGE);
    ck_assert_int_eq(parse_number("7", 5, &number), -ERANGE);
    ck_assert_int_eq(parse_number("99999999999999999999999", 100, &number), -ERANGE);
    ck_assert_uint_eq(number, 100);
}
END_TEST

START_TEST(large_numbers_have_64_bits_on_every_machine)
{
    uint64_t number = 77;

    ck_assert_int_eq(parse_large_number("18446744073709551615", UINT64_MAX, &number), 0);
    ck_assert(number == UINT64_MAX);
    ck_assert_int_eq(parse_large_number("18446744073709551616", UINT64_MAX, &number), -ERANGE);
    ck_assert(number == UINT64_MAX);
}
END_TEST

START_TEST(digits_of_another_base_end_at_the_first_that_it_lacks)
{
    const char *text = "7558";
    uint64_t number = 1;

    ck_assert_int_eq(parse_digits_of(&text, 8, 07777, &number), 0);
    ck_assert_uint_eq(number, 0755);
    ck_assert_str_eq(text, "8");
    ck_assert_int_eq(parse_digits_of(&text, 8, 07777, &number), -EINVAL);
    text = "FFffffffFFFFFFFF";
    ck_assert_int_eq(parse_digits_of(&text, 16, UINT64_MAX, &number), 0);
    ck_assert_uint_eq(number, UINT64_MAX);
    text = "10000000000000000";
    ck_assert_int_eq(parse_digits_of(&text, 16, UINT64_MAX, &number), -ERANGE);
    ck_assert_str_eq(text, "10000000000000000");
    text = "9";
    ck_assert_int_eq(parse_digits_of(&text, 10, 8, &number), -ERANGE);
}
END_TEST

START_TEST(durations_have_units_and_seconds_without)
{
    static const struct {
        const char *text;
        uint32_t milliseconds;
    } right[] = {{"500ms", 500},  {"10s", 10000}, {"10", 10000}, {"2m", 120000},
                 {"1h", 3600000}, {"0", 0},       {"0ms", 0}};
    static const char *const wrong[] = {"", "s", "ms", "1d", "1 s", "-1s", "1.5s", "1sx", "S"};
    uint32_t milliseconds = 77;

    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        ck_assert_int_eq(parse_duration(right[i].text, &milliseconds), 0);
        ck_assert_uint_eq(milliseconds, right[i].milliseconds);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(parse_duration(wrong[i], &milliseconds) == -EINVAL, "'%s' is taken",
                      wrong[i]);
    ck_assert_int_eq(parse_duration("1193h", &milliseconds), 0);
    ck_assert_int_eq(parse_duration("1194h", &milliseconds), -ERANGE);
}
END_TEST

START_TEST(flags_say_yes_or_no)
{
    static const char *const yes[] = {"1", "yes", "true", "on", "YES"};
    static const char *const no[] = {"0", "no", "false", "off", "", "No"};
    bool flag = false;

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++, flag = false)
        ck_assert(parse_flag(yes[i], &flag) == 0 && flag);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        flag = true;
        ck_assert(parse_flag(no[i], &flag) == 0 && !flag);
    }
    ck_assert_int_eq(parse_flag("2", &flag), -EINVAL);
    ck_assert_int_eq(parse_flag("yess", &flag), -EINVAL);
}
END_TEST

TCase *parse_case(void)
{
    const TTest *const tests[] = {numbers_are_digits_and_nothing_else,
                                  numbers_end_at_the_limit,
                                  large_numbers_have_64_bits_on_every_machine,
                                  digits_of_another_base_end_at_the_first_that_it_lacks,
                                  durations_have_units_and_seconds_without,
                                  flags_say_yes_or_no,
                                  NULL};

    return case_of("parse", tests);
}
