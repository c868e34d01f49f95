/*
 * clock.c - the time of day as text
 */
#include "util/clock.h"

/* With zeros in front, up to `digits`. */
static void add_padded(struct text *text, long value, int digits)
{
    long power = 1;

    while (--digits > 0)
        power *= 10;
    for (; power > 1 && value < power; power /= 10)
        text_add(text, "0");
    text_format(text, "%ld", value);
}

void text_add_time(struct text *text, const struct timespec *time)
{
    struct tm parts = {0};

    (void)gmtime_r(&time->tv_sec, &parts);
    add_padded(text, parts.tm_year + 1900L, 4);
    text_add(text, "-");
    add_padded(text, parts.tm_mon + 1, 2);
    text_add(text, "-");
    add_padded(text, parts.tm_mday, 2);
    text_add(text, "T");
    add_padded(text, parts.tm_hour, 2);
    text_add(text, ":");
    add_padded(text, parts.tm_min, 2);
    text_add(text, ":");
    add_padded(text, parts.tm_sec, 2);
    text_add(text, ".");
    add_padded(text, time->tv_nsec / 1000000, 3);
    text_add(text, "Z");
}

void text_add_now(struct text *text)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    text_add_time(text, &now);
}
