/*
 * json.h - JSON text, as RFC 8259 has it
 */
#ifndef NSINIT_UTIL_JSON_H
#define NSINIT_UTIL_JSON_H

#include "util/text.h"

/*
 * Append a string in quotes. What is no UTF-8 becomes U+FFFD: a reader of JSON would refuse the
 * whole line for it.
 */
void json_add_string(struct text *text, const char *string);

#endif
