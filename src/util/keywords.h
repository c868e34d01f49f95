/*
 * keywords.h - words that must be one of some names
 */
#ifndef NSINIT_UTIL_KEYWORDS_H
#define NSINIT_UTIL_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

/* The names of one kind of thing. Each is what a row of an array begins with. */
struct keywords {
    const void *rows;
    unsigned char row_size;
    unsigned char count;
    bool exact;          /* upper and lower case differ */
    const char *kind;    /* for "unknown KIND 'x'; did you mean y?" */
    const char *choices; /* for "unknown KIND 'x': use CHOICES" where no name is close, or NULL */
};

/* The first three members, for an array. */
#define KEYWORDS_IN(array) (array), sizeof(array)[0], sizeof(array) / sizeof(array)[0]

/* The row of a name. -1 when there is none, with the reason filled in (ERROR_USAGE). */
int keywords_find(const struct keywords *names, const char *word, struct error *error);

/* Of `count` rows of `size` bytes, the name that is closest to a wrong one, or NULL. */
const char *keywords_closest(const char *wrong, const void *rows, size_t size, size_t count);

#endif
