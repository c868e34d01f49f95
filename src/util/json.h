/*
 * json.h - JSON text, as RFC 8259 has it
 */
#ifndef NSINIT_UTIL_JSON_H
#define NSINIT_UTIL_JSON_H

#include "util/strbuf.h"

/*
 * Append a string in quotes. What is no UTF-8 becomes U+FFFD: a reader of JSON would refuse the
 * whole line for it.
 */
void json_add_string(struct strbuf *text, const char *string);

/* The same for bytes, zeros among them. The byte behind the last one is looked at. */
void json_add_bytes(struct strbuf *text, const char *bytes, size_t length);

/* The most that one byte can become. */
enum { JSON_GROWTH = 6 };

#endif
