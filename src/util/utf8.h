/*
 * utf8.h - whether bytes are UTF-8: RFC 3629
 */
#ifndef NSINIT_UTIL_UTF8_H
#define NSINIT_UTIL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the sequence that begins a terminated string, 1 to 4; 0 when it is none. */
size_t utf8_sequence(const char *text);

/*
 * The length of the character that begins a terminated string, if a terminal shows it; 0 when that
 * obeys it (the control characters of ASCII, DEL, and those from U+0080 to U+009F) or can't be told
 * what it is.
 */
size_t utf8_visible(const char *text);

bool utf8_is_valid(const char *text);

/* How much of `length` bytes (3 at least) to take so that no character is cut in two. */
size_t utf8_cut(const char *bytes, size_t length);

/* Whether the user's locale has it: LC_ALL, LC_CTYPE or LANG, see locale(7). */
bool utf8_is_spoken(void);

#endif
