/*
 * gen_completions.c - shell completions for nsinit: options, and the values that they take
 * What the option table and the tables of names tell is not said here again.
 */
#include "tools/gen_completions_private.h"

#include <stdio.h>
#include <string.h>

#include "options/table.h"
#include "linux/capabilities.h"
#include "util/signal_names.h"

/* ---- values ------------------------------------------------------------------------------ */

enum values {
    VALUES_NONE,
    VALUES_WORDS,
    VALUES_LIST, /* of words, with commas between them */
    VALUES_FILES,
    VALUES_DIRECTORIES,
    VALUES_USERS,
    VALUES_GROUPS /* a list, too */
};

typedef void word_printer(const char *word);

static void each_signal(word_printer *print)
{
    struct signal_name name;

    for (int i = 1; i < 32; i++)
        print(signal_name(i, &name));
}

/* Of rewrite: FROM, and the beginning of the rest. */
static void each_signal_from(word_printer *print)
{
    struct signal_name name;
    char word[sizeof name.text + 1];

    for (int i = 1; i < 32; i++) {
        snprintf(word, sizeof word, "%s:", signal_name(i, &name));
        print(word);
    }
}

static void each_schedule(word_printer *print)
{
    static const char *const schedules[] = {"TERM/10/KILL", "INT/10/KILL", "QUIT/30/TERM/5/KILL"};

    for (size_t i = 0; i < sizeof schedules / sizeof schedules[0]; i++)
        print(schedules[i]);
}

static void each_drain(word_printer *print)
{
    each_schedule(print);
    print("forever");
    print("no");
}

static void each_namespace(word_printer *print)
{
    for (int i = 0; i < NAMESPACE_COUNT; i++)
        print(ns_types[i].name);
    print("all");
}

static void each_capability(word_printer *print)
{
    for (unsigned int i = 0; capability_name(i) != NULL; i++)
        print(capability_name(i));
    print("all");
}

static void each_limit(word_printer *print)
{
    char word[32];

    for (int i = 0; i < RLIM_NLIMITS; i++)
        if (resource_name(i) != NULL) {
            snprintf(word, sizeof word, "%s=", resource_name(i));
            print(word);
        }
}

static void each_restart_policy(word_printer *print)
{
    for (int i = 0; i <= RESTART_ALWAYS; i++)
        print(restart_policy_names[i]);
}

static void each_propagation(word_printer *print)
{
    for (int i = 0; i <= PROPAGATION_UNCHANGED; i++)
        print(propagation_names[i]);
}

static void each_control_access(word_printer *print)
{
    for (int i = 0; i <= CONTROL_FULL; i++)
        print(control_access_names[i]);
}

static void each_power(word_printer *print)
{
    for (int i = POWER_NONE + 1; i < POWER_COUNT; i++)
        print(power_name((enum power)i));
}

static const struct completed {
    const char *option;
    enum values values;
    void (*each)(word_printer *print);
} completed[] = {
    {"parent-death-signal", VALUES_WORDS, each_signal},
    {"rewrite", VALUES_WORDS, each_signal_from},
    {"stop", VALUES_WORDS, each_schedule},
    {"drain", VALUES_WORDS, each_drain},
    {"unshare", VALUES_LIST, each_namespace},
    {"enter", VALUES_LIST, each_namespace},
    {"cap-add", VALUES_LIST, each_capability},
    {"cap-drop", VALUES_LIST, each_capability},
    {"rlimit", VALUES_WORDS, each_limit},
    {"restart", VALUES_WORDS, each_restart_policy},
    {"propagation", VALUES_WORDS, each_propagation},
    {"control-access", VALUES_WORDS, each_control_access},
    {"on-end", VALUES_WORDS, each_power},
    {"user", VALUES_USERS, NULL},
    {"groups", VALUES_GROUPS, NULL},
};

static const struct completed *completed_of(const struct option *option)
{
    for (size_t i = 0; i < sizeof completed / sizeof completed[0]; i++)
        if (strcmp(completed[i].option, option->name) == 0)
            return &completed[i];
    return NULL;
}

bool completions_check(void)
{
    for (size_t i = 0; i < sizeof completed / sizeof completed[0]; i++)
        if (option_of_name(completed[i].option) == NULL) {
            fprintf(stderr, "gen_docs: --%s is no option\n", completed[i].option);
            return false;
        }
    return true;
}

static bool argument_has(const struct option *option, const char *part)
{
    return option->argument != NULL && strstr(option->argument, part) != NULL;
}

/* Alternatives that are words, as allow|deny, are offered without being named above. */
static bool has_alternatives(const struct option *option)
{
    return argument_has(option, "|") &&
           option->argument[strspn(option->argument, "abcdefghijklmnopqrstuvwxyz-|")] == '\0';
}

static enum values values_of(const struct option *option)
{
    if (completed_of(option) != NULL)
        return completed_of(option)->values;
    if (argument_has(option, "DIR"))
        return VALUES_DIRECTORIES;
    if (argument_has(option, "FILE") || argument_has(option, "PATH"))
        return VALUES_FILES;
    return has_alternatives(option) ? VALUES_WORDS : VALUES_NONE;
}

static void print_after_blank(const char *word)
{
    printf(" %s", word);
}

/* The words of the option, with a blank before each. */
static void print_words(const struct option *option)
{
    char word[64];

    if (completed_of(option) != NULL) {
        completed_of(option)->each(print_after_blank);
        return;
    }
    for (const char *at = option->argument; *at != '\0'; at += at[0] == '|') {
        size_t length = strcspn(at, "|");

        snprintf(word, sizeof word, "%.*s", (int)length, at);
        print_after_blank(word);
        at += length;
    }
}

/* ---- options ----------------------------------------------------------------------------- */

static bool is_of_command_line(const struct option *option)
{
    return (option->flags & OPTION_FILE_ONLY) == 0;
}

static bool takes_word(const struct option *option)
{
    return option->argument != NULL && (option->flags & OPTION_OPTIONAL) == 0;
}

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

/* As a pattern of the shell's case: --stop|--pod */
static void print_pattern(bool (*has)(const struct option *option))
{
    size_t printed = 0;

    for (size_t i = 0; i < option_count; i++)
        if (has(&option_table[i]) && is_of_command_line(&option_table[i])) {
            fputs(printed++ > 0 ? "|" : "", stdout);
            print_spellings(&option_table[i]);
        }
}

/* ---- bash -------------------------------------------------------------------------------- */

/* The branch of the option's values. One with an optional value has it only behind a =. */
static void print_bash_values(const struct option *option)
{
    enum values values = values_of(option);

    fputs("    ", stdout);
    if ((option->flags & OPTION_OPTIONAL) != 0)
        printf("--%s=", option->name);
    else
        print_spellings(option);
    fputs(") ", stdout);
    switch (values) {
    case VALUES_WORDS:
    case VALUES_LIST:
        printf("_nsinit_%s '", values == VALUES_LIST ? "list" : "words");
        print_words(option);
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
    "# All by bash itself: bash-completion completes the program's words where it is there.\n"
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
    "# The last word of a list with commas.\n"
    "_nsinit_list() {\n"
    "    local before=''\n"
    "    case $word in\n"
    "    *,*) before=${word%,*}, ;;\n"
    "    esac\n"
    "    compopt -o nospace 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$1\" -- \"${word#\"$before\"}\")\n"
    "}\n"
    "# The program's own words, from the program at $1 on.\n"
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
    for (size_t i = 0; i < option_count; i++)
        if (is_of_command_line(&option_table[i]) && values_of(&option_table[i]) != VALUES_NONE)
            print_bash_values(&option_table[i]);
    fputs("    ", stdout);
    print_pattern(takes_other_word);
    fputs(") return ;;\n"
          "    esac\n"
          "    case $word in\n"
          "    -*) mapfile -t COMPREPLY < <(compgen -W '",
          stdout);
    for (size_t i = 0; i < option_count; i++)
        if (is_of_command_line(&option_table[i]))
            printf("%s--%s", i > 0 ? " " : "", option_table[i].name);
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
          "    # Behind the first word that is no option everything is the program's.\n"
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
          "    # A word of its own, or the = and what is behind it when that is still empty.\n"
          "    if [ \"$word\" = = ]; then\n"
          "        word=''\n"
          "        previous+='='\n"
          "    elif [ \"$previous\" = = ]; then\n"
          "        previous=${COMP_WORDS[COMP_CWORD - 2]}=\n"
          "    elif [ \"$word\" = : ] || [ \"$previous\" = : ]; then\n"
          "        return\n"
          "    fi\n"
          "    # Where the value may be the next word, a = in front of it makes no difference.\n"
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

/* ---- zsh --------------------------------------------------------------------------------- */

/* What is special to _arguments, in words that are quoted by '. */
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

static void print_zsh_words(const struct option *option)
{
    if (completed_of(option) != NULL)
        completed_of(option)->each(print_zsh_word);
    else
        print_words(option);
}

static void print_zsh_values(const struct option *option)
{
    switch (values_of(option)) {
    case VALUES_WORDS:
        fputs(":(", stdout);
        print_zsh_words(option);
        fputs(")", stdout);
        break;
    case VALUES_LIST:
        fputs(":_sequence compadd -", stdout);
        print_zsh_words(option);
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
    printf("    '%s%s%s[", (option->flags & OPTION_REPEATABLE) != 0 ? "*" : "", name, sign);
    print_zsh_text(option->help);
    fputs("]", stdout);
    if (option->argument != NULL) {
        fputs((option->flags & OPTION_OPTIONAL) != 0 ? "::" : ":", stdout);
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
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        const char letters[] = {option->letter, option->second_letter};
        char name[80];

        if (!is_of_command_line(option))
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

/* ---- fish -------------------------------------------------------------------------------- */

/* Those that take a word of their own, letters first: fish takes a long name there for its own. */
static void print_fish_words(void)
{
    for (size_t i = 0; i < option_count; i++)
        if (takes_word(&option_table[i]) && option_table[i].letter != 0)
            printf(" -%c", option_table[i].letter);
    for (size_t i = 0; i < option_count; i++)
        if (takes_word(&option_table[i]) && is_of_command_line(&option_table[i]))
            printf(" --%s", option_table[i].name);
}

static void print_fish_values(const struct option *option)
{
    bool is_needed = takes_word(option);

    switch (values_of(option)) {
    case VALUES_WORDS:
        printf(" -%sa '", is_needed ? "x" : "f");
        print_words(option);
        fputs("'", stdout);
        break;
    case VALUES_LIST:
        fputs(" -xa '(__nsinit_list", stdout);
        print_words(option);
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
    printf("complete -c nsinit -n __nsinit_before_program -l %s", option->name);
    if (option->letter != 0)
        printf(" -s %c", option->letter);
    if (option->second_letter != 0)
        printf(" -s %c", option->second_letter);
    print_fish_values(option);
    fputs(" -d '", stdout);
    for (const char *at = option->help; *at != '\0'; at++)
        printf("%s%c", *at == '\'' ? "\\" : "", *at);
    fputs("'\n", stdout);
}

void completions_print_fish(void)
{
    fputs("# fish completion for nsinit, made from its option table\n\n"
          "# Behind the first word that is no option everything is the program's.\n"
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
          "# The last word of a list with commas.\n"
          "function __nsinit_list\n"
          "    set -l before (commandline -ct | string replace -r '^-[^=]*=' '' |\n"
          "        string match -r '.*,'; or echo)\n"
          "    printf '%s\\n' $before$argv\n"
          "end\n\n",
          stdout);
    for (size_t i = 0; i < option_count; i++)
        if (is_of_command_line(&option_table[i]))
            print_fish_option(&option_table[i]);
    fputs("complete -c nsinit -xa '(__fish_complete_subcommand", stdout);
    print_fish_words();
    fputs(")'\n", stdout);
}
