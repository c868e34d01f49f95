/*
 * gen_fish.c - print the fish completion of nsinit
 */
#include <stdio.h>

#include "tools/completion_values_private.h"
#include "tools/gen_completions_private.h"

/*
 * Print the options that take the next word, letters first: __fish_complete_subcommand would take a
 * long name in front for one of its own options.
 */
static void print_fish_words(void)
{
    for (size_t i = 0; option_at(i) != NULL; i++)
        if (takes_word(option_at(i)) && option_at(i)->letter != 0)
            printf(" -%c", option_at(i)->letter);
    for (size_t i = 0; option_at(i) != NULL; i++)
        if (takes_word(option_at(i)) && is_on_command_line(option_at(i)))
            printf(" --%s", option_at(i)->name);
}

static void print_fish_values(const struct option *option)
{
    bool is_needed = takes_word(option);

    switch (values_of(option)) {
    case VALUES_WORDS:
        printf(" -%sa '", is_needed ? "x" : "f");
        each_word(option, print_after_blank);
        fputs("'", stdout);
        break;
    case VALUES_LIST:
        fputs(" -xa '(__nsinit_list", stdout);
        each_word(option, print_after_blank);
        fputs(")'", stdout);
        break;
    case VALUES_FILES:
        fputs(is_needed ? " -r -F" : "", stdout);
        break;
    case VALUES_DIRECTORIES:
        printf(" -%sa '(__fish_complete_directories)'", is_needed ? "x" : "f");
        break;
    case VALUES_USERS:
        fputs(" -xa '(__fish_complete_users)'", stdout);
        break;
    case VALUES_GROUPS:
        fputs(" -xa '(__nsinit_list (__fish_complete_groups | string replace -r \"\\t.*\" \"\"))'",
              stdout);
        break;
    case VALUES_NONE:
        fputs(is_needed ? " -x" : "", stdout);
        break;
    }
}

static void print_fish_option(const struct option *option)
{
    struct option_help help = option_help_of(option);

    printf("complete -c nsinit -n __nsinit_before_program -l %s", option->name);
    if (option->letter != 0)
        printf(" -s %c", option->letter);
    if (option->second_letter != 0)
        printf(" -s %c", option->second_letter);
    print_fish_values(option);
    fputs(" -d '", stdout);
    for (const char *at = help.text; *at != '\0'; at++)
        printf("%s%c", *at == '\'' ? "\\" : "", *at);
    fputs("'\n", stdout);
}

void completions_print_fish(void)
{
    fputs("# fish completion for nsinit, made from its option table\n\n"
          "# Words behind the first word that is not an option belong to the program.\n"
          "function __nsinit_before_program\n"
          "    set -l skip no\n"
          "    for word in (commandline -opc)[2..]\n"
          "        if test $skip = yes\n"
          "            set skip no\n"
          "        else if contains -- $word",
          stdout);
    print_fish_words();
    fputs("\n"
          "            set skip yes\n"
          "        else if test x$word = x--; or not string match -q -- '-*' $word\n"
          "            return 1\n"
          "        end\n"
          "    end\n"
          "end\n\n"
          "# Complete the last word of a list with commas.\n"
          "function __nsinit_list\n"
          "    set -l before (commandline -ct | string replace -r '^-[^=]*=' '' |\n"
          "        string match -r '.*,'; or echo)\n"
          "    printf '%s\\n' $before$argv\n"
          "end\n\n",
          stdout);
    for (size_t i = 0; option_at(i) != NULL; i++)
        if (is_on_command_line(option_at(i)))
            print_fish_option(option_at(i));
    fputs("complete -c nsinit -xa '(__fish_complete_subcommand", stdout);
    print_fish_words();
    fputs(")'\n", stdout);
}
