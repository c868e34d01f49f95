/*
 * gen_docs.c - a program of the build: man page and shell completions, from the option table
 * usage: gen_docs man OUTPUT TEMPLATE OPTION_TEXTS
 *        gen_docs bash|zsh|fish OUTPUT
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tools/gen_completions_private.h"
#include "tools/option_texts_private.h"
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

static void print_man_names(const struct option *option)
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
}

static bool print_man_default(const struct option *option)
{
    const char *bracket = strstr(option->help, "[default: ");
    const char *value = bracket != NULL ? bracket + strlen("[default: ") : "";

    if (bracket == NULL)
        return false;
    fputs(".br\nDefault: ", stdout);
    for (; *value != ']'; value++)
        printf("%s%c", *value == '-' ? "\\" : "", *value);
    fputs(".\n", stdout);
    return true;
}

/* Where it is valid beside the command line, which has no line of its own. */
static void print_man_places(const struct option *option)
{
    bool in_pod = (option->flags & OPTION_POD) != 0;
    bool in_service = (option->flags & OPTION_SERVICE) != 0;
    bool has_line = print_man_default(option);

    if ((option->flags & OPTION_ENVIRONMENT) != 0) {
        fputs(has_line ? "Environment: \\fB" : ".br\nEnvironment: \\fB", stdout);
        print_variable(option);
        fputs("\\fR.\n", stdout);
        has_line = true;
    }
    if (in_pod || in_service)
        printf("%sPod file: %s%s%s.\n", has_line ? "" : ".br\n", in_pod ? "\\fB[pod]\\fR" : "",
               in_pod && in_service ? ", " : "", in_service ? "\\fB[service]\\fR" : "");
}

static void print_man_options(void)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];

        if (option->section != SECTION_SAME)
            printf(".SS %s\n", option_sections[option->section]);
        print_man_names(option);
        option_text_print(option->name);
        print_man_places(option);
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

static int finish(void)
{
    return ferror(stdout) || fflush(stdout) != 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *shell;
        void (*print)(void);
    } completions[] = {{"bash", completions_print_bash},
                       {"zsh", completions_print_zsh},
                       {"fish", completions_print_fish}};

    bool is_manual = argc == 5 && strcmp(argv[1], "man") == 0;

    /* Before there is any output, which make(1) would take for a finished one. */
    if (is_manual && !option_texts_read(argv[4]))
        return 1;
    if (argc < 3 || freopen(argv[2], "w", stdout) == NULL ||
        (is_manual && freopen(argv[3], "r", stdin) == NULL)) {
        perror("gen_docs");
        return 2;
    }
    if (is_manual) {
        print_man();
        return finish();
    }
    for (size_t i = 0; i < sizeof completions / sizeof completions[0]; i++)
        if (strcmp(argv[1], completions[i].shell) == 0 && completions_check()) {
            completions[i].print();
            return finish();
        }
    fputs("usage: gen_docs man OUTPUT TEMPLATE OPTION_TEXTS\n"
          "       gen_docs bash|zsh|fish OUTPUT\n",
          stderr);
    return 2;
}
