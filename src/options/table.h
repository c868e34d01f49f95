/*
 * table.h - the one place where an option is declared; all that tells of options is made from it
 */
#ifndef NSINIT_OPTIONS_TABLE_H
#define NSINIT_OPTIONS_TABLE_H

#include "options/setters_private.h"

enum option_flags {
    OPTION_ENVIRONMENT = 1, /* also an environment variable NSINIT_<NAME> */
    OPTION_REPEATABLE = 2,  /* there separated by blanks or commas */
    OPTION_OPTIONAL = 4,    /* its argument may be left out, and is given by = only */
    OPTION_SERVICE = 8,     /* a key of a pod file's [service NAME] */
    OPTION_POD = 16,        /* a key of its [pod] */
    OPTION_FILE_ONLY = 32,  /* nothing but such a key */
    OPTION_COUNTED = 64,    /* a flag that raises a level each time; a value sets the level */
};

/* The help's heading in front of an option. */
enum option_section {
    SECTION_SAME, /* as the one before */
    SECTION_INIT,
    SECTION_NAMESPACES,
    SECTION_PROCESS,
    SECTION_SUPERVISION,
    SECTION_CONTROL,
    SECTION_MACHINES,
    SECTION_FILE,
    SECTION_GENERAL
};

extern const char *const option_sections[];

/* What an option's field is a field of. */
enum option_part {
    PART_REQUEST,
    PART_SERVICE, /* the current one */
    PART_SETTINGS /* its settings, which are made when there are none */
};

struct option {
    const char *name;
    char letter;           /* 0: none */
    char second_letter;    /* a peer's letter for the same; 0: none */
    unsigned char flags;   /* of enum option_flags */
    unsigned char section; /* enum option_section */
    unsigned char part;    /* enum option_part */
    unsigned short place;  /* of the field in it */
    const char *argument;  /* its name in the help; NULL: a flag */
    const char *help;      /* one line */
    option_setter *set;
};

extern const struct option option_table[];
extern const size_t option_count;

/* The option of that name, or NULL. */
const struct option *option_of_name(const char *name);

/* Set an option's field. `value` is NULL for a flag given bare. 0, or -1 with the reason. */
int option_set(const struct option *option, struct invocation *invocation, const char *value,
               struct error *error);

/*
 * The value as a pod file has it, of what was given to option_set with success: a flag is yes or
 * no, a level its number.
 */
const char *option_value(const struct option *option, const struct invocation *invocation,
                         const char *value);

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
