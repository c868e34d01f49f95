/*
 * strbuf.h - text in a buffer of fixed size, with the part of printf(3) that nsinit uses
 */
#ifndef NSINIT_UTIL_STRBUF_H
#define NSINIT_UTIL_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

/* A text that is being built. What does not fit is cut off; `data` is always terminated. */
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
 * Append a string of a service for a terminal or a log. Bytes that control a terminal, newlines and
 * tabs among them, and bytes that are not UTF-8 are escaped: \x1b.
 */
void strbuf_add_visible(struct strbuf *text, const char *string);

/*
 * Append by a format of printf(3) that has %s, %c, %d, %u, %x, %ld, %lu, %lld, %llu, %zu, %% and %m
 * (the message of errno at the call); for numbers a width of one digit with leading zeros (%02x);
 * and no other flag or width. Values of 64 bits need %lld or %llu, as some machines have a long of
 * 32 bits.
 */
void strbuf_format(struct strbuf *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void strbuf_vformat(struct strbuf *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Write the text to `fd`. 0 or a negative errno. Async-signal-safe. */
int strbuf_write(const struct strbuf *text, int fd);

/* Format a whole text into a buffer, as strbuf_format does. */
void strbuf_set(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
