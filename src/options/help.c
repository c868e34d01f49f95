/*
 * help.c - the text of --help and of --license
 */
#include "options/table.h"

#include "license.h"

/* The help's second column starts here. */
enum { HELP_COLUMN = 34 };

static void add_option(struct strbuf *text, const struct option *option)
{
    size_t start = text->length;

    if (option_is_key_only(option))
        strbuf_format(text, "      %s", option->name);
    else if (option->letter != 0)
        strbuf_format(text, "  -%c, --%s", option->letter, option->name);
    else
        strbuf_format(text, "      --%s", option->name);
    if (option->argument != NULL)
        strbuf_format(text, option->argument_is_optional ? "[=%s]" : " %s", option->argument);
    do
        strbuf_add(text, " ");
    while (text->length - start < HELP_COLUMN);
    option_add_help(text, option);
    strbuf_add(text, "\n");
}

static void add_group(struct strbuf *text, const struct option_group *group)
{
    if (group->heading == NULL)
        return;
    strbuf_format(text, "\n%s:\n", group->heading);
    for (size_t i = 0; i < group->count; i++)
        add_option(text, &group->options[i]);
}

void options_help(struct strbuf *text, const struct dropin *dropin, const char *program)
{
    strbuf_format(text, "Usage: %s [OPTION...] [--] PROGRAM [ARG...]\n", program);
    if (option_by_name("pod")->left_out == NULL)
        strbuf_format(text, "       %s [OPTION...] --pod FILE\n", program);
    strbuf_format(
        text,
        "%s\n\n"
        "Run PROGRAM under a small init: forward signals to it, reap orphans, exit with its\n"
        "code. Options end at the first word that is not an option.\n",
        dropin->version);
    for (const struct option_group *const *group = option_groups; *group != NULL; group++)
        add_group(text, *group);
    strbuf_add(text,
               "\nEnvironment variables set options too, e.g. NSINIT_GROUP=1 and\n"
               "NSINIT_REWRITE='TERM:QUIT HUP:0' (see nsinit(1)). Variables of other inits:\n ");
    for (size_t i = 0; i < dropin_variable_count; i++)
        strbuf_format(text, "%s%s", i == 3 ? "\n  " : " ", dropin_variables[i].name);
    strbuf_format(
        text,
        "\n\nExit codes: the program's own; 128 + N after signal N; %d if it is not found;\n"
        "%d if it is not executable; %d if nsinit fails or is misused.\n",
        dropin->exit_codes[ERROR_NOT_FOUND], dropin->exit_codes[ERROR_NOT_EXECUTABLE],
        dropin->exit_codes[ERROR_FAILED]);
}

const char *options_license(void)
{
    return license_text;
}
