/*
 * path_search.h - the files a program's name can stand for
 */
#ifndef NSINIT_UTIL_PATH_SEARCH_H
#define NSINIT_UTIL_PATH_SEARCH_H

#include <stdbool.h>

struct path_search {
    const char *program;
    const char *rest; /* directories still to come; NULL: none */
};

/* Start over `program`: itself if it has a slash, else in each directory of PATH. No allocation. */
struct path_search path_search(const char *program, char *const *environment);

/* Put the next file's name into `candidate` (PATH_MAX bytes); false when there is none left. */
bool path_search_next(struct path_search *search, char *candidate);

/* The value of PATH in the environment, or the one that is used when it has none. */
const char *path_search_value(char *const *environment);

#endif
