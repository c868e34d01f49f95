/*
 * time.h - the time of day as text, and the time that no step of the wall clock changes
 */
#ifndef NSINIT_UTIL_TIME_H
#define NSINIT_UTIL_TIME_H

#include <stdint.h>
#include <time.h>

#include "util/strbuf.h"

/* Append a time as RFC 3339 has it, in UTC with milliseconds: 2026-01-31T10:00:00.123Z. */
void strbuf_add_time(struct strbuf *text, const struct timespec *time);

/* The same for now. */
void strbuf_add_now(struct strbuf *text);

/* Milliseconds on the monotonic clock. */
uint64_t time_monotonic_ms(void);

#endif
