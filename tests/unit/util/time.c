/*
 * time.c - tests of util/time.c: the time of day as RFC 3339 has it
 */
#include "util/time.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

/* Seconds as date(1) tells them: date -u -d TEXT +%s. */
static const struct instant {
    struct timespec time;
    const char *text;
} instants[] = {
    {{0, 0}, "1970-01-01T00:00:00.000Z"},
    {{1, 1000000}, "1970-01-01T00:00:01.001Z"},
    {{951782400, 0}, "2000-02-29T00:00:00.000Z"},
    {{1709251199, 999999999}, "2024-02-29T23:59:59.999Z"},
    {{1709251200, 0}, "2024-03-01T00:00:00.000Z"},
    {{1769853600, 123456789}, "2026-01-31T10:00:00.123Z"},
    {{2147483648, 0}, "2038-01-19T03:14:08.000Z"},
    {{4107542400, 0}, "2100-03-01T00:00:00.000Z"},
    {{253402300799, 999000000}, "9999-12-31T23:59:59.999Z"},
    {{-1, 500000000}, "1969-12-31T23:59:59.500Z"},
    {{-2208988800, 0}, "1900-01-01T00:00:00.000Z"},
    {{-62135596800, 0}, "0001-01-01T00:00:00.000Z"},
};

START_TEST(an_instant_is_told_in_utc_with_milliseconds)
{
    char buffer[64];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    /* Whatever the place is. */
    setenv("TZ", "XXX-5:30", 1);
    tzset();
    time_add(&text, &instants[_i].time);
    ck_assert_str_eq(buffer, instants[_i].text);
}
END_TEST

START_TEST(now_is_told_in_the_same_form)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    char buffer[64];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    strbuf_add(&text, "at ");
    time_add_now(&text);
    ck_assert_uint_eq(text.length, 3 + sizeof form - 1);
    for (size_t i = 0; form[i] != '\0'; i++)
        ck_assert(form[i] == 'd' ? buffer[3 + i] >= '0' && buffer[3 + i] <= '9'
                                 : buffer[3 + i] == form[i]);
    ck_assert_str_ge(buffer, "at 2024");
}
END_TEST

TCase *time_case(void)
{
    const TTest *const tests[] = {now_is_told_in_the_same_form, NULL};
    TCase *tcase = case_of("time", tests);

    tcase_add_loop_test(tcase, an_instant_is_told_in_utc_with_milliseconds, 0,
                        sizeof instants / sizeof instants[0]);
    return tcase;
}
