/*
 * log.h - nsinit's own messages on stderr, one write per line
 */
#ifndef NSINIT_UTIL_LOG_H
#define NSINIT_UTIL_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/strbuf.h"

/* In the order of tini's verbosity: its -v raises the level by one, TINI_VERBOSITY sets it. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_TRACE };

/* The format of a line: --log-format. */
enum log_format {
    LOG_PLAIN,
    LOG_TIME, /* begins with the time */
    LOG_JSON  /* an object of log_add_object */
};

extern const char *const log_format_names[LOG_JSON + 1];

/* Set the name that begins each line (the caller keeps it), the highest level, and the format. */
void log_open(const char *program);
void log_set_level(enum log_level level);
void log_set_format(enum log_format format);
enum log_format log_line_format(void);

/* Whether messages of this level are shown; a caller asks before it prepares a costly one. */
bool log_shows(enum log_level level);

/* End each line with this from now on: "\n", or "\r\n" for a raw terminal. */
void log_end_lines_with(const char *end);

/*
 * Wait at most this long for the reader of stderr at each line. What it has not taken until then,
 * up to PIPE_BUF bytes, is kept: log_waits. Lines behind that are dropped, and a later line says
 * how many were. Before this call a line waits without limit.
 */
void log_wait_at_most(unsigned int milliseconds);

/* Whether lines wait in memory. A terminal takes none while another process writes to it. */
bool log_waits(void);

/* Write the waiting lines, for at most this long. False if some still wait. */
bool log_flush(unsigned int milliseconds);

/*
 * Pass whole lines to a function that also writes the services' lines to the file of stderr, so
 * that no line lands inside another. It returns false if it has no room. NULL: write them here
 * again.
 */
typedef bool log_writer(const char *line, size_t length);
void log_write_by(log_writer *writer);

/* In a child, which writes its lines itself; its parent writes those that wait. */
void log_in_child(void);

/*
 * Append a JSON object, without a newline, for a line of `length` bytes that the service (NULL:
 * nsinit) wrote to `stream`. The byte behind the last one is read, too.
 */
void log_add_object(struct strbuf *text, const char *service, const char *stream, const char *line,
                    size_t length);

/* Write one line, formatted as by strbuf_format. Never fails. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Write an error: subject and reason, and the hint on a separate line. Never fails. */
void log_error(enum log_level level, const struct error *error);

#endif
