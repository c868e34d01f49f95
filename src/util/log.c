/*
 * log.c - what nsinit itself has to say, on stderr, one write per line
 */
#include "util/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/patience.h"
#include "util/text.h"

/* Of what ends a line. */
enum { LINE_END_MAX = 2 };

enum { FOR_EVER = UINT_MAX };

static const char *program_name = "nsinit";
static enum log_level shown_level = LOG_WARNING;
static unsigned int most_wait_ms = FOR_EVER;
static const char *line_end = "\n";
static unsigned int left_out; /* lines since the last one that was written */

void log_open(const char *program)
{
    program_name = program;
}

void log_set_level(enum log_level level)
{
    shown_level = level;
}

bool log_shows(enum log_level level)
{
    return level <= shown_level;
}

void log_end_lines_with(const char *end)
{
    line_end = end;
}

void log_wait_at_most(unsigned int milliseconds)
{
    most_wait_ms = milliseconds;
}

/* False when the time is up. */
static bool wait_for_room(uint64_t end_ms)
{
    struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};
    uint64_t now_ms = clock_monotonic_ms();

    return now_ms < end_ms && poll(&room, 1, (int)(end_ms - now_ms)) > 0;
}

/* False when nothing of it could be written by then. */
static bool write_until(const struct text *line, uint64_t end_ms)
{
    size_t written = 0;

    /* More than once for a terminal alone. */
    while (written < line->length) {
        ssize_t count = write_at_once(STDERR_FILENO, line->data + written, line->length - written);

        if (count == -EAGAIN && wait_for_room(end_ms))
            continue;
        if (count <= 0)
            return written > 0 || count != -EAGAIN;
        written += (size_t)count;
    }
    return true;
}

static void write_line(const struct text *line)
{
    uint64_t end_ms;

    if (most_wait_ms == FOR_EVER) {
        (void)text_write(line, STDERR_FILENO);
        return;
    }
    end_ms = clock_monotonic_ms() + most_wait_ms;
    if (left_out > 0) {
        char buffer[128];
        struct text note = text_in(buffer, sizeof buffer);

        text_format(&note, "%s: %u lines left out: nobody read them%s", program_name, left_out,
                    line_end);
        if (write_until(&note, end_ms))
            left_out = 0;
    }
    if (left_out > 0 || !write_until(line, end_ms))
        left_out++;
}

/* What is said of services is their own text in part: none of it is for the terminal to obey. */
static void add_visible_format(struct text *line, const char *format, va_list arguments)
{
    char buffer[PIPE_BUF];
    struct text plain = text_in(buffer, sizeof buffer);

    text_vformat(&plain, format, arguments);
    text_add_visible(line, buffer);
}

static void end_line(struct text *line, size_t size)
{
    /* Room for it was kept back, so that a line that was cut still ends. */
    line->size = size;
    text_add(line, line_end);
    write_line(line);
}

void log_line(enum log_level level, const char *format, ...)
{
    char buffer[PIPE_BUF];
    struct text line = text_in(buffer, sizeof buffer - LINE_END_MAX);
    int error_number = errno;
    va_list arguments;

    if (!log_shows(level))
        return;
    text_format(&line, "%s: ", program_name);
    errno = error_number;
    va_start(arguments, format);
    add_visible_format(&line, format, arguments);
    va_end(arguments);
    end_line(&line, sizeof buffer);
    errno = error_number;
}

void log_error(enum log_level level, const struct error *error)
{
    char buffer[PIPE_BUF];
    struct text line = text_in(buffer, sizeof buffer - LINE_END_MAX);
    int error_number = errno;

    if (!log_shows(level))
        return;
    text_format(&line, "%s: ", program_name);
    text_add_visible(&line, error->subject);
    text_add(&line, error->subject[0] != '\0' ? ": " : "");
    text_add_visible(&line, error->reason);
    if (error->hint[0] != '\0') {
        text_add(&line, line_end);
        text_add(&line, "  hint: ");
        text_add_visible(&line, error->hint);
    }
    end_line(&line, sizeof buffer);
    errno = error_number;
}
