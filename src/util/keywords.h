/*
 * keywords.h - look up a word in a table of names
 */
#ifndef NSINIT_UTIL_KEYWORDS_H
#define NSINIT_UTIL_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

/* The names of one kind of thing, in an array whose rows begin with a pointer to the name. */
struct keywords {
    const void *rows;
    unsigned short row_size;
    unsigned short count;
    bool exact;          /* upper and lower case differ */
    const char *kind;    /* for "unknown KIND 'x'" */
    const char *choices; /* for ": use CHOICES", where that is not just the names; or NULL */
};

/* The first three members, for an array. */
#define KEYWORDS_IN(array) (array), sizeof(array)[0], sizeof(array) / sizeof(array)[0]

/*
 * The row of a name. -1 for any other word, with the reason filled in (ERROR_USAGE): it suggests
 * the closest name, or lists the names where they are few.
 */
int keywords_find(const struct keywords *names, const char *word, struct error *error);

/* The name that is closest to a misspelt one among `count` rows of `size` bytes, or NULL. */
const char *keywords_closest(const char *wrong, const void *rows, size_t size, size_t count);

#endif
