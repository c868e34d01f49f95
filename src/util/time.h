/*
 * time.h - the wall clock and durations as text, and the monotonic clock
 */
#ifndef NSINIT_UTIL_TIME_H
#define NSINIT_UTIL_TIME_H

#include <stdint.h>
#include <time.h>

#include "util/strbuf.h"

/* Append a time of the wall clock as RFC 3339 in UTC: 2026-01-31T10:00:00.123Z. */
void time_add(struct strbuf *text, const struct timespec *time);

/* Append the present time. */
void time_add_now(struct strbuf *text);

/* Append a duration as parse_duration reads it: 1500ms, 10s. */
void time_add_duration(struct strbuf *text, uint32_t milliseconds);

/* Milliseconds on the monotonic clock, which no step of the wall clock changes. */
uint64_t time_monotonic_ms(void);

#endif
