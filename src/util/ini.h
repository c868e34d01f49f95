/*
 * ini.h - the lines of an INI text, read strictly: what it takes for no line is an error
 */
#ifndef NSINIT_UTIL_INI_H
#define NSINIT_UTIL_INI_H

#include <stddef.h>

#include "util/error.h"

/* A text on its way. It stays the caller's, who must keep it as long as its items. */
struct ini {
    char *rest;
    char *end;
    unsigned int line; /* how many have been read */
};

/* One line that says something. Its strings lie in the text; what it has not is NULL. */
struct ini_item {
    enum { INI_SECTION, INI_VALUE } kind;
    unsigned int line; /* from 1 */
    char *section;     /* of [service web]: "service" */
    char *name;        /* "web", or "" in [pod] */
    char *key;
    char *value; /* all behind the first '=', but the blanks around it */
};

/* Start to read `text`, which is cut up in place, and in which text[length] is '\0'. */
struct ini ini_open(char *text, size_t length);

/*
 * The next item, passing over empty lines and comments (# or ; at a line's start): 1, or 0 at the
 * end. -1 when the line `item->line` is none of the kind `item->kind`, with the reason filled in
 * (ERROR_USAGE); the next call then goes on behind it. Which sections and keys there are, how
 * often, and that a key stands in a section, is for the caller to judge.
 */
int ini_next(struct ini *ini, struct ini_item *item, struct error *error);

#endif
