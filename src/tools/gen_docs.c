/*
 * gen_docs.c - a program of the build: man page and shell completions, from the option table
 * usage: documents man|bash|zsh|fish OUTPUT [TEMPLATE]
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tools/gen_completions_private.h"
#include "options/table.h"
#include "service/states.h"

/* Print for the man page: a hyphen of an option is a minus sign there. */
static void print_roff(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
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
    if (option->argument != NULL && (option->flags & OPTION_OPTIONAL) != 0)
        printf("[=\\fI%s\\fR]", option->argument);
    else if (option->argument != NULL)
        printf(" \\fI%s\\fR", option->argument);
    fputs("\n", stdout);
    print_roff(option->help);
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

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } kinds[] = {{"man", print_man},
                 {"bash", completions_print_bash},
                 {"zsh", completions_print_zsh},
                 {"fish", completions_print_fish}};

    if (argc < 3 || freopen(argv[2], "w", stdout) == NULL ||
        (argc > 3 && freopen(argv[3], "r", stdin) == NULL)) {
        perror("documents");
        return 2;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(argv[1], kinds[i].name) == 0 && completions_check()) {
            kinds[i].print();
            return ferror(stdout) || fflush(stdout) != 0 ? 1 : 0;
        }
    fputs("usage: documents man|bash|zsh|fish OUTPUT [TEMPLATE]\n", stderr);
    return 2;
}
