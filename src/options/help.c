/*
 * help.c - what -h and -l print
 */
#include "options/cmdline.h"
#include "options/table.h"

#include <string.h>

#include "license.h"

/* The help's second column starts here. */
enum { HELP_COLUMN = 34 };

static void add_option(struct strbuf *text, const struct option *option)
{
    size_t start;

    if (option->section != SECTION_SAME)
        strbuf_format(text, "\n%s:\n", option_sections[option->section]);
    start = text->length;
    if ((option->flags & OPTION_FILE_ONLY) != 0)
        strbuf_format(text, "      %s", option->name);
    else if (option->letter != 0)
        strbuf_format(text, "  -%c, --%s", option->letter, option->name);
    else
        strbuf_format(text, "      --%s", option->name);
    if (option->argument != NULL)
        strbuf_format(text, (option->flags & OPTION_OPTIONAL) != 0 ? "[=%s]" : " %s",
                      option->argument);
    do
        strbuf_add(text, " ");
    while (text->length - start < HELP_COLUMN);
    strbuf_format(text, "%s\n", option->help);
}

void options_help(struct strbuf *text, const struct dropin *dropin, const char *program)
{
    strbuf_format(
        text,
        "Usage: %s [OPTION...] [--] PROGRAM [ARG...]\n"
        "       %s [OPTION...] --pod FILE\n"
        "%s\n\n"
        "Run PROGRAM under a small init: forward signals to it, reap orphans, exit with its\n"
        "code. Options end at the first word that is none.\n",
        program, program, dropin->version);
    for (size_t i = 0; i < option_count; i++)
        add_option(text, &option_table[i]);
    strbuf_add(
        text,
        "\nThe options under Init and Supervision can be given as environment variables too:\n"
        "NSINIT_GROUP=1, NSINIT_REWRITE='TERM:QUIT HUP:0'. These work too:\n ");
    for (size_t i = 0; i < peer_variable_count; i++)
        strbuf_format(text, "%s%s", i == 3 ? "\n  " : " ", peer_variable_table[i].name);
    strbuf_format(text,
                  "\n\nExit codes: the program's; 128 + N when it died of signal N; %d not found;\n"
                  "%d found but not executable; %d when nsinit failed or was misused.\n",
                  dropin->exit_codes[ERROR_NOT_FOUND], dropin->exit_codes[ERROR_NOT_EXECUTABLE],
                  dropin->exit_codes[ERROR_FAILED]);
}

const char *options_license(void)
{
    return license_text;
}
