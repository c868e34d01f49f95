/*
 * option_texts.c - the manual's text for each option, from doc/man/options.man, a section an option
 * A section begins with the line `@option NAME` and has man(7) text up to the next one. Lines in
 * front of the first section are comments.
 */
#include "tools/option_texts_private.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "options/table.h"

enum { FILE_MAX = 256 * 1024, NAME_MAX_LENGTH = 64 };

static const char mark[] = "@option ";

static char file_text[FILE_MAX];

/* The next section at `at` or behind it, or NULL. */
static const char *find_section(const char *at)
{
    while (strncmp(at, mark, sizeof mark - 1) != 0) {
        at = strchr(at, '\n');
        if (at == NULL)
            return NULL;
        at++;
    }
    return at;
}

static const char *next_section(const char *section)
{
    return find_section(section + 1);
}

static bool section_is_of(const char *section, const char *name)
{
    const char *own_name = section + sizeof mark - 1;
    size_t length = strcspn(own_name, "\n");

    return strlen(name) == length && strncmp(own_name, name, length) == 0;
}

static const char *section_of(const char *name)
{
    const char *section = find_section(file_text);

    while (section != NULL && !section_is_of(section, name))
        section = next_section(section);
    return section;
}

/* The text begins behind the mark's line. Its length does not include the last newline. */
static const char *text_of(const char *section, size_t *length)
{
    const char *text = section + strcspn(section, "\n") + 1;
    const char *end = next_section(section);

    *length = end != NULL ? (size_t)(end - text) : strlen(text);
    while (*length > 0 && text[*length - 1] == '\n')
        --*length;
    return text;
}

static bool every_option_has_a_text(void)
{
    bool complete = true;
    const struct option *option;

    for (size_t i = 0; (option = option_at(i)) != NULL; i++) {
        const char *section = section_of(option->name);
        size_t length = 0;

        if (section != NULL)
            (void)text_of(section, &length);
        if (length > 0)
            continue;
        fprintf(stderr, "gen_docs: options.man: no text for the option '%s'\n", option->name);
        complete = false;
    }
    return complete;
}

static bool every_text_has_an_option(void)
{
    struct error ignored = {0};
    bool complete = true;

    for (const char *section = find_section(file_text); section != NULL;
         section = next_section(section)) {
        char name[NAME_MAX_LENGTH];

        snprintf(name, sizeof name, "%.*s", (int)strcspn(section + sizeof mark - 1, "\n"),
                 section + sizeof mark - 1);
        if (option_check_built(name, &ignored) < 0 ||
            (option_by_name(name) != NULL && section_of(name) == section))
            continue;
        fprintf(stderr, "gen_docs: options.man: %s '%s'\n",
                option_by_name(name) != NULL ? "a second text for the option" : "unknown option",
                name);
        complete = false;
    }
    return complete;
}

bool option_texts_read(const char *path)
{
    FILE *file = fopen(path, "re");
    size_t length;

    if (file == NULL) {
        perror(path);
        return false;
    }
    length = fread(file_text, 1, sizeof file_text - 1, file);
    fclose(file);
    if (length == sizeof file_text - 1) {
        fprintf(stderr, "gen_docs: %s: too long\n", path);
        return false;
    }
    file_text[length] = '\0';
    /* Both, for all mistakes at once. */
    return (int)every_option_has_a_text() & (int)every_text_has_an_option();
}

void option_text_print(const char *name)
{
    size_t length;
    const char *text = text_of(section_of(name), &length);

    printf("%.*s\n", (int)length, text);
}
