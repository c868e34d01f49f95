/*
 * log.c - what nsinit itself has to say, on stderr, one write per line
 */
#include "util/log.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <unistd.h>

#include "util/text.h"

static const char *program_name = "nsinit";
static enum log_level shown_level = LOG_WARNING;

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

void log_line(enum log_level level, const char *format, ...)
{
    char buffer[PIPE_BUF];
    struct text line = text_in(buffer, sizeof buffer - 1);
    int error_number = errno;
    va_list arguments;

    if (!log_shows(level))
        return;
    text_format(&line, "%s: ", program_name);
    errno = error_number;
    va_start(arguments, format);
    text_vformat(&line, format, arguments);
    va_end(arguments);
    /* One byte was kept back, so that a line that was cut still ends. */
    line.size++;
    text_add(&line, "\n");
    (void)text_write(&line, STDERR_FILENO);
    errno = error_number;
}
