/*
 * optparse.h - read options as getopt_long(3) does, from any table of them
 */
#ifndef NSINIT_UTIL_OPTPARSE_H
#define NSINIT_UTIL_OPTPARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

enum optparse_argument {
    OPTPARSE_NONE,     /* a flag */
    OPTPARSE_SWITCH,   /* a flag whose long form also takes =VALUE */
    OPTPARSE_OPTIONAL, /* --name or --name=VALUE; the next word is never the value */
    OPTPARSE_REQUIRED  /* --name=VALUE or --name VALUE */
};

struct optparse_option {
    const char *name;   /* without its dashes */
    char letter;        /* 0: none */
    char second_letter; /* 0: none */
    enum optparse_argument takes;
    const char *argument; /* its name, for the error when it is missing */
};

/* Fill in the option of this index, counted from 0. False behind the last one. */
typedef bool optparse_table(size_t index, struct optparse_option *option);

/* A command line while it is read. Begin with {.table = ..., .next = the first word}. */
struct optparse {
    optparse_table *table;
    char **next;         /* the word to be read, of a NULL-terminated array */
    bool has_ended;      /* only words follow: "--" was read, or the caller has set this */
    const char *letters; /* the rest of a word like -abc, or NULL */
    /* What was read: */
    size_t index;      /* of the option */
    const char *value; /* the option's, or NULL */
    char *word;
};

enum optparse_item {
    OPTPARSE_ERROR = -1,
    OPTPARSE_END,
    OPTPARSE_OPTION, /* `index` and `value`; the error's subject is the option */
    OPTPARSE_WORD    /* `word` is set: it is not an option. A lone "-" is a word */
};

/*
 * Read the next option or word. Long options may be shortened to a beginning that no other has;
 * letters may be joined. OPTPARSE_ERROR with `error` filled in (ERROR_USAGE).
 */
enum optparse_item optparse_next(struct optparse *parser, struct error *error);

#endif
