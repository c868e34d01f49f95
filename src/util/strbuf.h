/*
 * strbuf.h - text built in a buffer of fixed size: all the formatting nsinit needs, without stdio
 */
#ifndef NSINIT_UTIL_STRBUF_H
#define NSINIT_UTIL_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

/* Text under construction. What does not fit is cut off; `data` is always terminated. */
struct strbuf {
    char *data;
    size_t size;
    size_t length;
};

/* Start an empty text in `buffer` (`size` > 0), which the caller keeps. */
struct strbuf strbuf_in(char *buffer, size_t size);

/* Append a string. */
void strbuf_add(struct strbuf *text, const char *string);

/*
 * Append somebody else's string for a terminal or a log: what a terminal would obey, newlines
 * and tabs among that, and what is no UTF-8, is written as in a program: \x1b.
 */
void strbuf_add_visible(struct strbuf *text, const char *string);

/*
 * Append by a printf-like format that knows %s, %c, %d, %u, %x, %ld, %lu, %lld, %llu, %zu, %% and
 * %m (the message of errno at the call), for numbers a width of one digit with zeros in front
 * (%02x), and no other flags or widths: see printf(3). What has 64 bits takes %lld or %llu: a long
 * has 32 on some machines.
 */
void strbuf_format(struct strbuf *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void strbuf_vformat(struct strbuf *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Write all of the text to `fd`. 0 or a negative errno; safe between clone and exec. */
int strbuf_write(const struct strbuf *text, int fd);

/* A whole text in a buffer, formatted as by strbuf_format. */
void strbuf_set(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
