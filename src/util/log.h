/*
 * log.h - what nsinit itself has to say, on stderr, one write per line
 */
#ifndef NSINIT_UTIL_LOG_H
#define NSINIT_UTIL_LOG_H

#include <stdbool.h>

#include "util/error.h"

/* In the order of tini's verbosity: its -v raises the level by one, TINI_VERBOSITY sets it. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_TRACE };

/* Set the name in front of each line (kept by the caller), and the highest level that is shown. */
void log_open(const char *program);
void log_set_level(enum log_level level);

/* Whether a message of this level would be shown: to save the work of preparing it. */
bool log_shows(enum log_level level);

/* What ends each line from now on, "\n" or, for a terminal that is raw, "\r\n". */
void log_end_lines_with(const char *end);

/*
 * From now on no line waits longer for a reader who does not read: it is left out instead, and the
 * next one says how many were. Before, a line waits for ever.
 */
void log_wait_at_most(unsigned int milliseconds);

/* Write one line, formatted as by text_format. Never fails. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for an error: its subject, its reason, and on a line of its own its hint. */
void log_error(enum log_level level, const struct error *error);

#endif
