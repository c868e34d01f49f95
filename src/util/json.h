/*
 * json.h - JSON text, RFC 8259: write strings, read an array of them
 */
#ifndef NSINIT_UTIL_JSON_H
#define NSINIT_UTIL_JSON_H

#include "util/strbuf.h"

/*
 * Append a string in quotes. Bytes that are not UTF-8 become U+FFFD, as a reader of JSON would
 * refuse the whole line for them.
 */
void json_add_string(struct strbuf *text, const char *string);

/* Append bytes as a string, which may hold zeros. The byte behind the last one is read, too. */
void json_add_bytes(struct strbuf *text, const char *bytes, size_t length);

/* The most characters that one byte can become. */
enum { JSON_GROWTH = 6 };

/*
 * Read an array of strings, the exec form of a Dockerfile: ["/app", "--check"]. Returns a
 * NULL-terminated array in one block, which the caller frees; or NULL with errno: EINVAL if the
 * text is anything else or the array is empty, or ENOMEM.
 */
char **json_read_words(const char *text);

#endif
