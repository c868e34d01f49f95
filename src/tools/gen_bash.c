/*
 * gen_bash.c - print the bash completion of nsinit
 */
#include <stdio.h>

#include "tools/completion_values_private.h"
#include "tools/gen_completions_private.h"

static bool takes_other_word(const struct option *option)
{
    return takes_word(option) && values_of(option) == VALUES_NONE;
}

static void print_spellings(const struct option *option)
{
    printf("--%s", option->name);
    if (option->letter != 0)
        printf("|-%c", option->letter);
    if (option->second_letter != 0)
        printf("|-%c", option->second_letter);
}

/* Print the options as a pattern of case: --stop|--pod */
static void print_pattern(bool (*has)(const struct option *option))
{
    size_t printed = 0;

    for (size_t i = 0; option_at(i) != NULL; i++)
        if (has(option_at(i)) && is_on_command_line(option_at(i))) {
            fputs(printed++ > 0 ? "|" : "", stdout);
            print_spellings(option_at(i));
        }
}

/* Print the branch for an option's values. An optional value only stands behind a =. */
static void print_bash_values(const struct option *option)
{
    enum values values = values_of(option);

    fputs("    ", stdout);
    if (option->argument_is_optional)
        printf("--%s=", option->name);
    else
        print_spellings(option);
    fputs(") ", stdout);
    switch (values) {
    case VALUES_WORDS:
    case VALUES_LIST:
        printf("_nsinit_%s '", values == VALUES_LIST ? "list" : "words");
        each_word(option, print_after_blank);
        fputs("'", stdout);
        break;
    case VALUES_FILES:
        fputs("_nsinit_files -f", stdout);
        break;
    case VALUES_DIRECTORIES:
        fputs("_nsinit_files -d", stdout);
        break;
    case VALUES_USERS:
        fputs("_nsinit_offer -u", stdout);
        break;
    case VALUES_GROUPS:
        fputs("_nsinit_list \"$(compgen -g)\"", stdout);
        break;
    case VALUES_NONE:
        break;
    }
    fputs("; return ;;\n", stdout);
}

static const char bash_functions[] =
    "# bash completion for nsinit, made from its option table\n"
    "# It needs bash alone; bash-completion completes the program's words if it is installed.\n"
    "\n"
    "_nsinit_offer() {\n"
    "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$word\")\n"
    "}\n"
    "_nsinit_files() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    _nsinit_offer \"$1\"\n"
    "}\n"
    "_nsinit_words() {\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$word\")\n"
    "    case ${COMPREPLY[0]-} in\n"
    "    *[=:]) compopt -o nospace 2>/dev/null ;;\n"
    "    esac\n"
    "}\n"
    "# Complete the last word of a list with commas.\n"
    "_nsinit_list() {\n"
    "    local before=''\n"
    "    case $word in\n"
    "    *,*) before=${word%,*}, ;;\n"
    "    esac\n"
    "    compopt -o nospace 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$1\" -- \"${word#\"$before\"}\")\n"
    "}\n"
    "# Complete the program's own words. $1 is the index of the program.\n"
    "_nsinit_program() {\n"
    "    if declare -F _comp_command_offset >/dev/null; then\n"
    "        _comp_command_offset \"$1\"\n"
    "    elif declare -F _command_offset >/dev/null; then\n"
    "        _command_offset \"$1\"\n"
    "    elif ((COMP_CWORD > $1)); then\n"
    "        _nsinit_files -f\n"
    "    else\n"
    "        _nsinit_files -c\n"
    "    fi\n"
    "}\n";

static void print_bash_options(void)
{
    for (size_t i = 0; option_at(i) != NULL; i++)
        if (is_on_command_line(option_at(i)) && values_of(option_at(i)) != VALUES_NONE)
            print_bash_values(option_at(i));
    fputs("    ", stdout);
    print_pattern(takes_other_word);
    fputs(") return ;;\n"
          "    esac\n"
          "    case $word in\n"
          "    -*) mapfile -t COMPREPLY < <(compgen -W '",
          stdout);
    for (size_t i = 0; option_at(i) != NULL; i++)
        if (is_on_command_line(option_at(i)))
            printf("%s--%s", i > 0 ? " " : "", option_at(i)->name);
    fputs("' -- \"$word\") ;;\n"
          "    *) _nsinit_files -c ;;\n"
          "    esac\n"
          "}\n"
          "complete -F _nsinit nsinit\n",
          stdout);
}

void completions_print_bash(void)
{
    fputs(bash_functions, stdout);
    fputs("_nsinit() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} i\n"
          "    COMPREPLY=()\n"
          "    # Words behind the first word that is not an option belong to the program.\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n"
          "        --) _nsinit_program $((i + 1)); return ;;\n"
          "        ",
          stdout);
    print_pattern(takes_word);
    fputs(")\n"
          "            # Bash makes a word of the = of --pod=FILE.\n"
          "            if [ \"${COMP_WORDS[i + 1]-}\" = = ]; then ((i++)); fi\n"
          "            ((++i))\n"
          "            ;;\n"
          "        -*) ;;\n"
          "        # Bash makes words of the = and : in a value, too.\n"
          "        = | :) ((++i)) ;;\n"
          "        *) _nsinit_program \"$i\"; return ;;\n"
          "        esac\n"
          "    done\n"
          "    # The value is a word, or the = alone while the value is still empty.\n"
          "    if [ \"$word\" = = ]; then\n"
          "        word=''\n"
          "        previous+='='\n"
          "    elif [ \"$previous\" = = ]; then\n"
          "        previous=${COMP_WORDS[COMP_CWORD - 2]}=\n"
          "    elif [ \"$word\" = : ] || [ \"$previous\" = : ]; then\n"
          "        return\n"
          "    fi\n"
          "    # An option whose value may be the next word takes it behind a =, too.\n"
          "    case ${previous%=} in\n"
          "    ",
          stdout);
    print_pattern(takes_word);
    fputs(") previous=${previous%=} ;;\n"
          "    esac\n"
          "    case $previous in\n",
          stdout);
    print_bash_options();
}
