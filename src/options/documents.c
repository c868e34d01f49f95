/*
 * documents.c - a program of the build: man page and shell completions, from the option table
 * usage: documents man|bash|zsh|fish OUTPUT [TEMPLATE]
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "options/table.h"
#include "supervise/states.h"

/* Print for the man page: a hyphen of an option is a minus sign there. */
static void print_roff(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
}

static bool is_of_command_line(const struct option *option)
{
    return (option->flags & OPTION_FILE_ONLY) == 0;
}

static void print_variable(const struct option *option)
{
    fputs("NSINIT_", stdout);
    for (const char *at = option->name; *at != '\0'; at++)
        putchar(*at == '-' ? '_' : toupper((unsigned char)*at));
}

static void print_man_option(const struct option *option)
{
    fputs(".TP\n", stdout);
    if (option->letter != 0)
        printf("\\fB\\-%c\\fR, ", option->letter);
    if (option->second_letter != 0)
        printf("\\fB\\-%c\\fR, ", option->second_letter);
    fputs("\\fB", stdout);
    print_roff((option->flags & OPTION_FILE_ONLY) != 0 ? "" : "--");
    print_roff(option->name);
    fputs("\\fR", stdout);
    if (option->argument != NULL)
        printf(" \\fI%s\\fR", option->argument);
    printf("\n%c", toupper((unsigned char)option->help[0]));
    print_roff(option->help + 1);
    fputs(".", stdout);
    if ((option->flags & OPTION_ENVIRONMENT) != 0) {
        fputs("\nEnvironment: \\fB", stdout);
        print_variable(option);
        fputs("\\fR.", stdout);
    }
    fputs("\n", stdout);
}

static void print_man_options(void)
{
    for (size_t i = 0; i < option_count; i++) {
        /* The only heading that makes a difference to what may be said where. */
        if ((option_table[i].flags & OPTION_FILE_ONLY) != 0 &&
            option_table[i].section != SECTION_SAME)
            printf(".PP\n%s:\n", option_sections[option_table[i].section]);
        print_man_option(&option_table[i]);
        if ((option_table[i].flags & OPTION_FILE_ONLY) != 0 &&
            (option_table[i + 1].flags & OPTION_FILE_ONLY) == 0)
            fputs(".PP\nOn the command line again:\n", stdout);
    }
}

/* The life of a service: a line for each event that can come in a state. */
static void print_man_states(void)
{
    fputs(".TS\nl l l l.\nState\tEvent\tAction\tNext state\n_\n", stdout);
    for (int state = 0; state < SERVICE_STATE_COUNT; state++) {
        const char *name = service_state_name((enum service_state)state);

        for (int event = 0; event < SERVICE_EVENT_COUNT; event++) {
            struct transition transition =
                service_transition((enum service_state)state, (enum service_event)event);

            if (transition.action == DO_COMPLAIN)
                continue;
            printf("%s\t%s\t%s\t%s\n", name, service_event_name((enum service_event)event),
                   service_action_name(transition.action), service_state_name(transition.next));
            /* Once for all of its lines. */
            name = "";
        }
    }
    fputs(".TE\n", stdout);
}

/* Copy the template, with what is made from tables in the place of their marks. */
static void print_man(void)
{
    static const struct {
        const char *line;
        void (*print)(void);
    } marks[] = {{"@OPTIONS@\n", print_man_options}, {"@STATES@\n", print_man_states}};
    char line[1000];

    while (fgets(line, sizeof line, stdin) != NULL) {
        bool is_mark = false;

        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
            if (strcmp(line, marks[i].line) == 0) {
                marks[i].print();
                is_mark = true;
            }
        if (!is_mark)
            fputs(line, stdout);
    }
}

/* ---- completions --------------------------------------------------------------------------- */

static bool takes_word(const struct option *option)
{
    return option->argument != NULL && (option->flags & OPTION_OPTIONAL) == 0;
}

static bool takes_file(const struct option *option)
{
    return option->argument != NULL &&
           (strstr(option->argument, "FILE") != NULL || strstr(option->argument, "PATH") != NULL ||
            strstr(option->argument, "DIR") != NULL);
}

static bool takes_file_as_word(const struct option *option)
{
    return takes_word(option) && takes_file(option);
}

static bool takes_other_word(const struct option *option)
{
    return takes_word(option) && !takes_file(option);
}

/* As a pattern of the shell's case: --stop|--pod */
static void print_pattern(bool (*has)(const struct option *option))
{
    size_t printed = 0;

    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];

        if (!has(option) || !is_of_command_line(option))
            continue;
        printf("%s--%s", printed++ > 0 ? "|" : "", option->name);
        if (option->letter != 0)
            printf("|-%c", option->letter);
        if (option->second_letter != 0)
            printf("|-%c", option->second_letter);
    }
}

static void print_bash(void)
{
    fputs("# bash completion for nsinit, made from its option table\n"
          "_nsinit() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} i\n"
          "    COMPREPLY=()\n"
          "    # Behind the first word that is no option everything is the program's.\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n"
          "        --) _command_offset $((i + 1)); return ;;\n"
          "        ",
          stdout);
    print_pattern(takes_word);
    fputs(")\n"
          "            # Bash makes a word of the = of --pod=FILE.\n"
          "            if [ \"${COMP_WORDS[i + 1]-}\" = = ]; then ((i++)); fi\n"
          "            ((++i))\n"
          "            ;;\n"
          "        -*) ;;\n"
          "        =) ((++i)) ;;\n"
          "        *) _command_offset \"$i\"; return ;;\n"
          "        esac\n"
          "    done\n"
          "    if [ \"$previous\" = = ]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
          "    # ... or of the = and what is behind it, when that is still empty.\n"
          "    if [ \"$word\" = = ]; then word=''; fi\n"
          "    case $previous in\n"
          "    ",
          stdout);
    print_pattern(takes_file_as_word);
    fputs(") mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n"
          "    ",
          stdout);
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
          "    *) mapfile -t COMPREPLY < <(compgen -c -- \"$word\") ;;\n"
          "    esac\n"
          "}\n"
          "complete -F _nsinit nsinit\n",
          stdout);
}

/* What is special to _arguments, in words that are quoted by '. */
static void print_zsh_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            printf("%s%c", strchr("[]:\\", *text) != NULL ? "\\" : "", *text);
}

static void print_zsh_option(const struct option *option, const char *name, const char *sign)
{
    printf("    '%s%s%s[", (option->flags & OPTION_REPEATABLE) != 0 ? "*" : "", name, sign);
    print_zsh_text(option->help);
    fputs("]", stdout);
    if (option->argument != NULL) {
        fputs((option->flags & OPTION_OPTIONAL) != 0 ? "::" : ":", stdout);
        print_zsh_text(option->argument);
        fputs(takes_file(option) ? ":_files" : ": ", stdout);
    }
    fputs("' \\\n", stdout);
}

static void print_zsh(void)
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

static void print_fish(void)
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
          "end\n\n",
          stdout);
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];

        if (!is_of_command_line(option))
            continue;
        printf("complete -c nsinit -n __nsinit_before_program -l %s", option->name);
        if (option->letter != 0)
            printf(" -s %c", option->letter);
        if (option->second_letter != 0)
            printf(" -s %c", option->second_letter);
        if (takes_word(option))
            fputs(takes_file(option) ? " -r -F" : " -x", stdout);
        fputs(" -d '", stdout);
        for (const char *at = option->help; *at != '\0'; at++)
            printf("%s%c", *at == '\'' ? "\\" : "", *at);
        fputs("'\n", stdout);
    }
    fputs("complete -c nsinit -xa '(__fish_complete_subcommand", stdout);
    print_fish_words();
    fputs(")'\n", stdout);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } kinds[] = {
        {"man", print_man}, {"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

    if (argc < 3 || freopen(argv[2], "w", stdout) == NULL ||
        (argc > 3 && freopen(argv[3], "r", stdin) == NULL)) {
        perror("documents");
        return 2;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(argv[1], kinds[i].name) == 0) {
            kinds[i].print();
            return ferror(stdout) || fflush(stdout) != 0 ? 1 : 0;
        }
    fputs("usage: documents man|bash|zsh|fish OUTPUT [TEMPLATE]\n", stderr);
    return 2;
}
