/*
 * log.h - what nsinit itself has to say, on stderr, one write per line
 */
#ifndef NSINIT_UTIL_LOG_H
#define NSINIT_UTIL_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/strbuf.h"

/* In the order of tini's verbosity: its -v raises the level by one, TINI_VERBOSITY sets it. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_TRACE };

/* What a line of nsinit's looks like: --log-format. */
enum log_format {
    LOG_PLAIN,
    LOG_TIME, /* the time in front of it */
    LOG_JSON  /* an object: log_add_object */
};

extern const char *const log_format_names[LOG_JSON + 1];

/* Set the name in front of each line (kept by the caller), and the highest level that is shown. */
void log_open(const char *program);
void log_set_level(enum log_level level);
void log_set_format(enum log_format format);

/* Whether a message of this level would be shown: to save the work of preparing it. */
bool log_shows(enum log_level level);

/* What ends each line from now on, "\n" or, for a terminal that is raw, "\r\n". */
void log_end_lines_with(const char *end);

/*
 * From now on no line waits longer for a reader who does not read: it is left out instead, and the
 * next one says how many were. Before, a line waits for ever.
 */
void log_wait_at_most(unsigned int milliseconds);

/*
 * Who writes other lines to stderr's file takes nsinit's own as well, so that none lands inside
 * another: a whole line with its end. False when it has no room. NULL: nobody, as in a new process.
 */
typedef bool log_writer(const char *line, size_t length);
void log_write_by(log_writer *writer);

/*
 * Append an object of JSON, without a newline: a line of `length` bytes that the service (NULL:
 * nsinit itself) has written to `stream`. The byte behind the last one is looked at.
 */
void log_add_object(struct strbuf *text, const char *service, const char *stream, const char *line,
                    size_t length);

/* Write one line, formatted as by strbuf_format. Never fails. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for an error: its subject, its reason, and on a line of its own its hint. */
void log_error(enum log_level level, const struct error *error);

#endif
