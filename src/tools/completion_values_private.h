/*
 * completion_values_private.h - the common part of all completions: options and their values
 */
#ifndef NSINIT_TOOLS_COMPLETION_VALUES_PRIVATE_H
#define NSINIT_TOOLS_COMPLETION_VALUES_PRIVATE_H

#include <stdbool.h>

#include "options/table.h"

/* The values that an option takes. */
enum values {
    VALUES_NONE, /* no argument, or one that can't be listed */
    VALUES_WORDS,
    VALUES_LIST, /* words with commas between them */
    VALUES_FILES,
    VALUES_DIRECTORIES,
    VALUES_USERS,
    VALUES_GROUPS /* with commas between them */
};

enum values values_of(const struct option *option);

/* Print each word of an option of VALUES_WORDS or VALUES_LIST. */
typedef void word_printer(const char *word);
void each_word(const struct option *option, word_printer *print);
word_printer print_after_blank;

bool is_on_command_line(const struct option *option);

/* Whether the word behind the option is its value. */
bool takes_word(const struct option *option);

/* The help line with default and unit. */
struct option_help {
    char text[300];
};
struct option_help option_help_of(const struct option *option);

/* Whether values are listed for known options only; else print the others on stderr. */
bool completions_check(void);

#endif
