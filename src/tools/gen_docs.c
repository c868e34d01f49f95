/*
 * gen_docs.c - a program of the build: man page and shell completions, from the option table
 * usage: gen_docs man OUTPUT TEMPLATE OPTION_TEXTS
 *        gen_docs bash|zsh|fish OUTPUT
 */
#include <stdio.h>
#include <string.h>

#include "tools/completion_values_private.h"
#include "tools/gen_completions_private.h"
#include "tools/option_texts_private.h"
#include "options/table.h"
#include "service/states.h"

/* Print for man(7): "-" is a hyphen there, and "\\-" the minus sign of an option. */
static void print_roff(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
}

static void print_man_names(const struct option *option)
{
    fputs(".TP\n", stdout);
    if (option->letter != 0)
        printf("\\fB\\-%c\\fR, ", option->letter);
    if (option->second_letter != 0)
        printf("\\fB\\-%c\\fR, ", option->second_letter);
    fputs("\\fB", stdout);
    print_roff(option_is_key_only(option) ? "" : "--");
    print_roff(option->name);
    fputs("\\fR", stdout);
    if (option->argument != NULL && option->argument_is_optional)
        printf("[=\\fI%s\\fR]", option->argument);
    else if (option->argument != NULL)
        printf(" \\fI%s\\fR", option->argument);
    fputs("\n", stdout);
}

/* Print the default, the environment variable and the sections of the pod file. */
static void print_man_facts(const struct option *option)
{
    bool in_pod = (option->valid & IN_POD) != 0;
    bool in_service = (option->valid & IN_SERVICE) != 0;
    const char *before = ".br\n";

    if (option->default_value != NULL) {
        printf("%sDefault: ", before);
        print_roff(option->default_value);
        fputs(".\n", stdout);
        before = "";
    }
    if ((option->valid & IN_ENVIRONMENT) != 0) {
        char buffer[80];
        struct strbuf variable = strbuf_in(buffer, sizeof buffer);

        option_add_variable(&variable, option);
        printf("%sEnvironment: \\fB%s\\fR.\n", before, buffer);
        before = "";
    }
    if (in_pod || in_service)
        printf("%sPod file: %s%s%s.\n", before, in_pod ? "\\fB[pod]\\fR" : "",
               in_pod && in_service ? ", " : "", in_service ? "\\fB[service]\\fR" : "");
}

static void print_man_option(const struct option *option)
{
    print_man_names(option);
    option_text_print(option->name);
    print_man_facts(option);
}

static void print_man_options(void)
{
    for (const struct option_group *const *group = option_groups; *group != NULL; group++) {
        if ((*group)->heading == NULL)
            continue;
        printf(".SS %s\n", (*group)->heading);
        for (size_t i = 0; i < (*group)->count; i++)
            print_man_option(&(*group)->options[i]);
    }
}

/* Print a line for each event that can come in a state of a service. */
static void print_man_states(void)
{
    fputs(".TS\nl l l l.\nState\tEvent\tAction\tNext state\n_\n", stdout);
    for (int state = 0; state < SERVICE_STATE_COUNT; state++) {
        const char *name = service_state_name((enum service_state)state);

        for (int event = 0; event < SERVICE_EVENT_COUNT; event++) {
            struct transition transition =
                service_transition((enum service_state)state, (enum service_event)event);

            if (transition.action == DO_WARN)
                continue;
            printf("%s\t%s\t%s\t%s\n", name, service_event_name((enum service_event)event),
                   service_action_name(transition.action), service_state_name(transition.next));
            /* The name stands in the first of its lines. */
            name = "";
        }
    }
    fputs(".TE\n", stdout);
}

/* Copy the template. The lists made from tables take the place of their marks. */
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

    /* A mistake is found before the output is made: make(1) would take half of it for all. */
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
