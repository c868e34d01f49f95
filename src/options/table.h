/*
 * table.h - the options: one row each, from which parser, help, manual and completions are made
 * Each group of rows is in the file of its setters (set_*.c); table.c lists the groups. A row holds
 * every fact about its option, so that rows and groups can be reordered, added and left out by
 * themselves.
 */
#ifndef NSINIT_OPTIONS_TABLE_H
#define NSINIT_OPTIONS_TABLE_H

#include "options/invocation.h"

/* Where an option may be given. */
enum option_place {
    ON_COMMAND_LINE = 1,
    IN_ENVIRONMENT = 2, /* as NSINIT_<NAME> */
    IN_POD = 4,         /* as a key of the pod file's [pod] */
    IN_SERVICE = 8      /* as a key of a pod file's [service NAME] */
};

/*
 * How an option's value changes the plan: a function with the type of what it sets. The macros of
 * setter_private.h fill it in, and the compiler checks the member's type there. `value` is NULL for
 * a flag without a value. Each returns 0, or -1 with the error's reason filled in.
 */
struct option_setter {
    enum {
        SETS_FLAG,
        SETS_TEXT,
        SETS_DURATION,
        SETS_INVOCATION,
        SETS_SERVICE,
        SETS_SETTINGS
    } kind : 8;
    enum { PART_INVOCATION, PART_SERVICE, PART_SETTINGS } part : 8; /* which has the member */
    unsigned short offset;                                          /* of the member in that part */
    union {
        int (*text)(const char **text, const char *value, struct error *error);
        int (*duration)(uint32_t *milliseconds, const char *value, struct error *error);
        int (*invocation)(struct invocation *invocation, const char *value, struct error *error);
        int (*service)(struct service *service, const char *value, struct error *error);
        int (*settings)(struct settings *settings, const char *value, struct error *error);
    };
};

/* Small members stand together, as there are many rows. */
struct option {
    const char *name;
    const char *argument;      /* its name in the help; NULL: a flag */
    const char *default_value; /* for the help; NULL: no default worth printing */
    const char *help;          /* one line: an imperative that can be read alone */
    struct option_setter set;
    char letter;               /* 0: none */
    char second_letter;        /* another init's letter for the option; 0: none */
    bool argument_is_optional; /* --name or --name=VALUE, never the next word */
    bool repeatable;           /* several values; a variable has them between blanks or commas */
    bool counted;              /* a flag that raises a level each time; a value sets the level */
    unsigned char valid;       /* of enum option_place */
};

struct option_group {
    const char *heading; /* in the help; NULL: the group is not shown */
    const struct option *options;
    size_t count;
    const char *const *left_out; /* instead of options: names, with NULL behind the last one */
    const char *build_option;    /* the build option that would bring the names back */
};

/* All groups in the order of the help, NULL behind the last. */
extern const struct option_group *const option_groups[];

/* The Nth option of all groups together, or NULL behind the last. */
const struct option *option_at(size_t index);

/* The index of the option among all options; of NULL: their count. */
size_t option_index(const struct option *option);

/* The option of that name, or NULL. */
const struct option *option_by_name(const char *name);

/* The name of the Nth option that this build leaves out, or NULL behind the last. */
const char *option_left_out(size_t index);

/* 0, or -1 with the reason filled in if this build leaves out the option of that name. */
int option_check_built(const char *name, struct error *error);

/* Whether it is a key of pod files and no option of the command line. */
static inline bool option_is_key_only(const struct option *option)
{
    return (option->valid & ON_COMMAND_LINE) == 0;
}

/* Append the help line with the default: "Give up a start ... [default: 30s]". */
void option_add_help(struct strbuf *text, const struct option *option);

/* Append the name of the environment variable: NSINIT_READY_FD. */
void option_add_variable(struct strbuf *text, const struct option *option);

/*
 * Set an option for invocation->current. `value` is NULL for a flag without a value. 0, or -1 with
 * the error's reason filled in.
 */
int option_set(const struct option *option, struct invocation *invocation, const char *value,
               struct error *error);

/*
 * A value that option_set has taken, as a pod file has it: a flag becomes yes or no, a level its
 * number.
 */
const char *option_value(const struct option *option, const struct invocation *invocation,
                         const char *value);

#endif
