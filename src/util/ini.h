/*
 * ini.h - read an INI text strictly: a line of any other form is an error
 */
#ifndef NSINIT_UTIL_INI_H
#define NSINIT_UTIL_INI_H

#include <stddef.h>

#include "util/error.h"

/* A text that is being read. The caller keeps it as long as its items. */
struct ini {
    char *rest;
    char *end;
    unsigned int line; /* the number of lines that were read */
};

/* A section or a value. The strings point into the text; the strings of the other kind are NULL. */
struct ini_item {
    enum { INI_SECTION, INI_VALUE } kind;
    unsigned int line; /* from 1 */
    char *section;     /* of [service web]: "service" */
    char *name;        /* of [service web]: "web"; of [pod]: "" */
    char *key;
    char *value; /* all behind the first '=', without the blanks around it */
};

/* Start to read `text`, which is cut up in place, and in which text[length] is '\0'. */
struct ini ini_open(char *text, size_t length);

/*
 * Read the next item; empty lines and comments (# or ; at the start of a line) are skipped. 1, or 0
 * at the end. -1 with the reason filled in (ERROR_USAGE) if the line `item->line` is malformed; the
 * next call continues behind it. The caller checks which sections and keys there are and how often,
 * and that each key stands in a section.
 */
int ini_next(struct ini *ini, struct ini_item *item, struct error *error);

#endif
