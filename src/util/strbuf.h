/*
 * strbuf.h - text built in a buffer of fixed size: all the formatting nsinit needs, without stdio
 */
#ifndef NSINIT_UTIL_STRBUF_H
#define NSINIT_UTIL_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

/* Text under construction. What does not fit is cut off; `data` is always terminated. */
struct text {
    char *data;
    size_t size;
    size_t length;
};

/* Start an empty text in `buffer` (`size` > 0), which the caller keeps. */
struct text text_in(char *buffer, size_t size);

/* Append a string. */
void text_add(struct text *text, const char *string);

/*
 * Append somebody else's string for a terminal or a log: what a terminal would obey, newlines
 * and tabs among that, and what is no UTF-8, is written as in a program: \x1b.
 */
void text_add_visible(struct text *text, const char *string);

/*
 * Append by a printf-like format that knows %s, %c, %d, %u, %x, %ld, %lu, %lld, %llu, %zu, %% and
 * %m (the message of errno at the call), for numbers a width of one digit with zeros in front
 * (%02x), and no other flags or widths: see printf(3). What has 64 bits takes %lld or %llu: a long
 * has 32 on some machines.
 */
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vformat(struct text *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Append a duration: 1500ms, 10s. */
void text_add_duration(struct text *text, unsigned int milliseconds);

/* Write all of the text to `fd`. 0 or a negative errno; safe between clone and exec. */
int text_write(const struct text *text, int fd);

/* A whole text in a buffer, formatted as by text_format. */
void text_set(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
