/*
 * utf8.h - characters of UTF-8: RFC 3629
 */
#ifndef NSINIT_UTIL_UTF8_H
#define NSINIT_UTIL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the first character of a terminated string, 1 to 4; 0 if it is not UTF-8. */
size_t utf8_sequence(const char *text);

/*
 * The length of the first character of a terminated string, if a terminal shows it. 0 for a control
 * character (of ASCII, DEL, U+0080 to U+009F) or invalid UTF-8.
 */
size_t utf8_visible(const char *text);

bool utf8_is_valid(const char *text);

/* How many of `length` bytes (3 at least) to take so that no character is cut in two. */
size_t utf8_cut(const char *bytes, size_t length);

/* Whether the locale of the user is in UTF-8, by LC_ALL, LC_CTYPE or LANG: locale(7). */
bool utf8_in_locale(void);

#endif
