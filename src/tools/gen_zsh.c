/*
 * gen_zsh.c - print the zsh completion of nsinit
 */
#include <stdio.h>
#include <string.h>

#include "tools/completion_values_private.h"
#include "tools/gen_completions_private.h"

/* Quote a text for _arguments, inside of '...'. */
static void print_zsh_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            printf("%s%c", strchr("[]:\\", *text) != NULL ? "\\" : "", *text);
}

static void print_zsh_word(const char *word)
{
    fputs(" ", stdout);
    print_zsh_text(word);
}

static void print_zsh_values(const struct option *option)
{
    switch (values_of(option)) {
    case VALUES_WORDS:
        fputs(":(", stdout);
        each_word(option, print_zsh_word);
        fputs(")", stdout);
        break;
    case VALUES_LIST:
        fputs(":_sequence compadd -", stdout);
        each_word(option, print_zsh_word);
        break;
    case VALUES_FILES:
        fputs(":_files", stdout);
        break;
    case VALUES_DIRECTORIES:
        fputs(":_files -/", stdout);
        break;
    case VALUES_USERS:
        fputs(":_users", stdout);
        break;
    case VALUES_GROUPS:
        fputs(":_sequence _groups", stdout);
        break;
    case VALUES_NONE:
        fputs(": ", stdout);
        break;
    }
}

static void print_zsh_option(const struct option *option, const char *name, const char *sign)
{
    printf("    '%s%s%s[", option->repeatable ? "*" : "", name, sign);
    print_zsh_text(option_help_of(option).text);
    fputs("]", stdout);
    if (option->argument != NULL) {
        fputs(option->argument_is_optional ? "::" : ":", stdout);
        print_zsh_text(option->argument);
        print_zsh_values(option);
    }
    fputs("' \\\n", stdout);
}

void completions_print_zsh(void)
{
    fputs("#compdef nsinit\n# zsh completion for nsinit, made from its option table\n"
          "_arguments -S -A '-*' \\\n",
          stdout);
    for (size_t i = 0; option_at(i) != NULL; i++) {
        const struct option *option = option_at(i);
        const char letters[] = {option->letter, option->second_letter};
        char name[80];

        if (!is_on_command_line(option))
            continue;
        snprintf(name, sizeof name, "--%s", option->name);
        print_zsh_option(option, name,
                         takes_word(option)         ? "="
                         : option->argument != NULL ? "=-"
                                                    : "");
        for (size_t k = 0; k < sizeof letters; k++) {
            snprintf(name, sizeof name, "-%c", letters[k]);
            if (letters[k] != 0)
                print_zsh_option(option, name, takes_word(option) ? "+" : "");
        }
    }
    fputs("    '(-)1:program:_command_names -e' '*::arguments:_normal'\n", stdout);
}
