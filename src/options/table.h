/*
 * table.h - the one place where an option is declared; all that tells of options is made from it
 */
#ifndef NSINIT_OPTIONS_TABLE_H
#define NSINIT_OPTIONS_TABLE_H

#include "options/options.h"

enum option_flags {
    OPTION_ENVIRONMENT = 1, /* also an environment variable NSINIT_<NAME> */
    OPTION_REPEATABLE = 2,  /* there separated by blanks or commas */
    OPTION_OPTIONAL = 4,    /* its argument may be left out, and is given by = only */
    OPTION_SERVICE = 8,     /* a key of a pod file's [service NAME] */
    OPTION_POD = 16,        /* a key of its [pod] */
    OPTION_FILE_ONLY = 32,  /* nothing but such a key */
};

struct option {
    const char *name;
    char letter;          /* 0: none */
    char second_letter;   /* a peer's letter for the same; 0: none */
    unsigned short flags; /* of enum option_flags */
    const char *section;  /* the help's heading in front of it, or NULL */
    const char *argument; /* its name in the help; NULL: a flag */
    const char *help;     /* one line */
    /* `value` is NULL for a flag given bare. 0, or -1 with the error's reason filled in. */
    int (*set)(struct request *request, const char *value, struct error *error);
};

extern const struct option option_table[];
extern const size_t option_count;

/* A peer's variable and the option it stands for. */
struct peer_variable {
    const char *name;
    const char *when;   /* the only value that counts; NULL: any */
    const char *option; /* by its long name */
    const char *value;  /* what the option is set to; NULL: the variable's value */
};

extern const struct peer_variable peer_variable_table[];
extern const size_t peer_variable_count;

#endif
