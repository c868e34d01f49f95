/*
 * path_search.h - the files that a program's name may stand for: PATH
 */
#ifndef NSINIT_UTIL_PATH_SEARCH_H
#define NSINIT_UTIL_PATH_SEARCH_H

#include <stdbool.h>

struct path_search {
    const char *program;
    const char *rest; /* the remaining directories; NULL: none */
};

/* Begin a search: for `program` itself if it has a slash, else in each directory of PATH. */
struct path_search path_search(const char *program, char *const *environment);

/* Store the next file name in `candidate` (PATH_MAX bytes). False if none is left. */
bool path_search_next(struct path_search *search, char *candidate);

/* The value of PATH in the environment, or the default. */
const char *path_search_value(char *const *environment);

#endif
