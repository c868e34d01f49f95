/*
 * screen_private.h - what may be shown where stdout goes
 */
#ifndef NSINIT_NSCTL_SCREEN_PRIVATE_H
#define NSINIT_NSCTL_SCREEN_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/strbuf.h"

/* It is a terminal, and neither NO_COLOR nor TERM is against it. */
bool screen_wants_colour(void);

/* The terminal's, in characters; 0: it is none, or does not know. */
size_t screen_width(void);

/*
 * Print what `add` (0 or a negative errno) appends: it is asked again, with a larger text, until
 * all has room. 0 or a negative errno.
 */
typedef int screen_add(struct strbuf *text, const void *what);
int screen_print(screen_add *add, const void *what);

#endif
