/*
 * time.c - the wall clock and durations as text, and the monotonic clock
 */
#include "util/time.h"

void time_add(struct strbuf *text, const struct timespec *time)
{
    struct tm parts = {0};

    (void)gmtime_r(&time->tv_sec, &parts);
    strbuf_format(text, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ", parts.tm_year + 1900,
                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                  time->tv_nsec / 1000000);
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
