/*
 * time.c - the wall clock and durations as text, and the monotonic clock
 */
#include "util/time.h"

#include <stdbool.h>

/* From 0001-01-01 to 1970-01-01, and the days after which leap years repeat. */
enum { DAYS_BEFORE_1970 = 719162, DAYS_OF_400_YEARS = 146097 };

static unsigned int days_of(unsigned int year, unsigned int month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 1 && is_leap ? 29 : days[month];
}

/* gmtime_r(3) of musl is twice as long in the static binary. */
void time_add(struct strbuf *text, const struct timespec *time)
{
    uint64_t seconds = (uint64_t)(time->tv_sec + (int64_t)DAYS_BEFORE_1970 * 86400);
    unsigned int day = (unsigned int)(seconds / 86400);
    unsigned int second = (unsigned int)(seconds % 86400);
    unsigned int year = 1 + day / DAYS_OF_400_YEARS * 400;
    unsigned int month = 0;

    day %= DAYS_OF_400_YEARS;
    while (day >= 337 + days_of(year, 1))
        day -= 337 + days_of(year++, 1);
    while (day >= days_of(year, month))
        day -= days_of(year, month++);
    strbuf_format(text, "%04u-%02u-%02uT%02u:%02u:%02u.%03ldZ", year, month + 1, day + 1,
                  second / 3600, second / 60 % 60, second % 60, time->tv_nsec / 1000000);
}

void time_add_now(struct strbuf *text)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    time_add(text, &now);
}

void time_add_duration(struct strbuf *text, uint32_t milliseconds)
{
    if (milliseconds % 1000 != 0)
        strbuf_format(text, "%ums", milliseconds);
    else
        strbuf_format(text, "%us", milliseconds / 1000);
}

uint64_t time_monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
