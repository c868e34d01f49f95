/*
 * screen_private.h - printing to stdout, which may be a terminal
 */
#ifndef NSINIT_NSCTL_SCREEN_PRIVATE_H
#define NSINIT_NSCTL_SCREEN_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/strbuf.h"

/* Whether stdout is a terminal, and neither NO_COLOR nor TERM forbids colours. */
bool screen_wants_colour(void);

/* The terminal's width in characters; 0 if it is unknown or stdout is not a terminal. */
size_t screen_width(void);

/*
 * Print the text that `add` appends: 0 or a negative errno. It is called again with a larger buffer
 * as long as the text does not fit. Returns 0 or a negative errno.
 */
typedef int screen_add(struct strbuf *text, const void *context);
int screen_print(screen_add *add, const void *context);

#endif
