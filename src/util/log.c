/*
 * log.c - nsinit's own messages on stderr, one write per line
 */
#include "util/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "util/time.h"
#include "util/write_nowait.h"
#include "util/strbuf.h"

/* The longest end of a line. */
enum { LINE_END_MAX = 2 };

/* A message in JSON fits into PIPE_BUF if each character takes two, with its object around it. */
enum { OBJECT_TEXT_MAX = PIPE_BUF / 2 - 100 };

enum { WITHOUT_LIMIT = UINT_MAX };

static const char *program_name = "nsinit";
static enum log_level shown_level = LOG_WARNING;
static log_writer *line_writer;
static unsigned int most_wait_ms = WITHOUT_LIMIT;
static const char *line_end = "\n";
static unsigned int dropped; /* lines since the last written line */

/* Lines that stderr has not taken yet, from the first byte it has not. */
static struct {
    size_t length;
    char text[PIPE_BUF];
} waiting;

void log_open(const char *program)
{
    program_name = program;
}

void log_set_level(enum log_level level)
{
    shown_level = level;
}

void log_write_by(log_writer *writer)
{
    line_writer = writer;
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

bool log_waits(void)
{
    return waiting.length > 0;
}

void log_in_child(void)
{
    line_writer = NULL;
    waiting.length = 0;
}

/* False if the time is over. */
static bool wait_for_room(uint64_t end_ms)
{
    struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};
    uint64_t now_ms = time_monotonic_ms();

    return now_ms < end_ms && poll(&room, 1, (int)(end_ms - now_ms)) > 0;
}

/* Write the waiting bytes until the deadline. False if some still wait. */
static bool write_waiting(uint64_t end_ms)
{
    while (waiting.length > 0) {
        ssize_t count = write_nowait(STDERR_FILENO, waiting.text, waiting.length);

        if (count == -EAGAIN && wait_for_room(end_ms))
            continue;
        if (count == -EAGAIN)
            return false;
        /* A full disk loses these lines, and a pipe without a reader all lines. */
        if (count <= 0)
            count = (ssize_t)waiting.length;
        waiting.length -= (size_t)count;
        memmove(waiting.text, waiting.text + count, waiting.length);
    }
    return true;
}

/* False if the line must be dropped. */
static bool add_waiting(const struct strbuf *line, uint64_t end_ms)
{
    if (line_writer != NULL)
        return line_writer(line->data, line->length);
    if (line->length > sizeof waiting.text - waiting.length)
        (void)write_waiting(end_ms);
    if (line->length > sizeof waiting.text - waiting.length)
        return false;
    memcpy(waiting.text + waiting.length, line->data, line->length);
    waiting.length += line->length;
    (void)write_waiting(end_ms);
    return true;
}

static void add_message(struct strbuf *line, const char *message)
{
    if (log_line_format() == LOG_TIME) {
        time_add_now(line);
        strbuf_add(line, " ");
    }
    strbuf_add(line, message);
}

/* Write a message, and a non-empty hint on a separate line. */
static void add_line(struct strbuf *line, const char *message, const char *hint)
{
    char buffer[OBJECT_TEXT_MAX];
    struct strbuf all = strbuf_in(buffer, sizeof buffer);

    if (log_line_format() == LOG_JSON) {
        strbuf_add(&all, message);
        strbuf_add(&all, hint[0] != '\0' ? "\n" : "");
        strbuf_add(&all, hint);
        log_add_object(line, NULL, "stderr", buffer, all.length);
        return;
    }
    add_message(line, message);
    if (hint[0] != '\0') {
        strbuf_add(line, line_end);
        add_message(line, hint);
    }
}

static void end_line(struct strbuf *line)
{
    /* The buffer has room reserved for the newline, so that a line that was cut off still ends. */
    line->size += LINE_END_MAX;
    strbuf_add(line, line_end);
}

/* Write how many lines were dropped. False if that failed until `end_ms`. */
static bool write_note(uint64_t end_ms)
{
    char message[128];
    char buffer[512];
    struct strbuf line = strbuf_in(buffer, sizeof buffer - LINE_END_MAX);

    strbuf_set(message, sizeof message, "%s: %u lines dropped: stderr was not read", program_name,
               dropped);
    add_line(&line, message, "");
    end_line(&line);
    return add_waiting(&line, end_ms);
}

static bool flush_until(uint64_t end_ms)
{
    if (!write_waiting(end_ms))
        return false;
    if (dropped > 0 && write_note(end_ms))
        dropped = 0;
    return waiting.length == 0;
}

bool log_flush(unsigned int milliseconds)
{
    return flush_until(time_monotonic_ms() + milliseconds);
}

static void write_line(const struct strbuf *line)
{
    uint64_t end_ms;

    if (most_wait_ms == WITHOUT_LIMIT) {
        (void)strbuf_write(line, STDERR_FILENO);
        return;
    }
    end_ms = time_monotonic_ms() + most_wait_ms;
    if (dropped > 0)
        (void)flush_until(end_ms);
    if (dropped > 0 || !add_waiting(line, end_ms))
        dropped++;
}

static void say(const char *message, const char *hint)
{
    char buffer[PIPE_BUF];
    struct strbuf line = strbuf_in(buffer, sizeof buffer - LINE_END_MAX);

    add_line(&line, message, hint);
    end_line(&line);
    write_line(&line);
}

/* A message begins with the program's name, except in JSON. */
static struct strbuf message_in(char *buffer, size_t size)
{
    struct strbuf message = strbuf_in(buffer, size);

    if (log_line_format() != LOG_JSON)
        strbuf_format(&message, "%s: ", program_name);
    return message;
}

/* Parts of a message are a service's own text, which must not control the terminal. */
static void add_visible_format(struct strbuf *line, const char *format, va_list arguments)
{
    char buffer[PIPE_BUF];
    struct strbuf plain = strbuf_in(buffer, sizeof buffer);

    strbuf_vformat(&plain, format, arguments);
    strbuf_add_visible(line, buffer);
}

void log_line(enum log_level level, const char *format, ...)
{
    char buffer[PIPE_BUF];
    struct strbuf message;
    int error_number = errno;
    va_list arguments;

    if (!log_shows(level))
        return;
    message = message_in(buffer, sizeof buffer);
    errno = error_number;
    va_start(arguments, format);
    add_visible_format(&message, format, arguments);
    va_end(arguments);
    say(buffer, "");
    errno = error_number;
}

void log_error(enum log_level level, const struct error *error)
{
    char buffer[PIPE_BUF];
    char hint_buffer[4 * sizeof error->hint];
    struct strbuf hint = strbuf_in(hint_buffer, sizeof hint_buffer);
    struct strbuf message;
    int error_number = errno;

    if (!log_shows(level))
        return;
    message = message_in(buffer, sizeof buffer);
    strbuf_add_visible(&message, error->subject);
    strbuf_add(&message, error->subject[0] != '\0' ? ": " : "");
    strbuf_add_visible(&message, error->reason);
    if (error->hint[0] != '\0') {
        strbuf_add(&hint, "  hint: ");
        strbuf_add_visible(&hint, error->hint);
    }
    say(buffer, hint_buffer);
    errno = error_number;
}
