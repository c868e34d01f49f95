/*
 * optparse.c - read options as getopt_long(3) does, from any table of them
 * getopt_long itself keeps its state in globals, prints its own messages and wants one array.
 */
#include "util/optparse.h"

#include <string.h>

#include "util/parse.h"
#include "util/suggest.h"

static enum optparse_item fail(struct error *error, const char *reason)
{
    error_reason(error, ERROR_USAGE, "%s", reason);
    return OPTPARSE_ERROR;
}

static bool find_letter(struct optparse *parser, char letter, struct optparse_option *option)
{
    for (parser->index = 0; parser->table(parser->index, option); parser->index++)
        if (letter == option->letter || letter == option->second_letter)
            return true;
    return false;
}

static enum optparse_item fail_unknown(const struct optparse *parser, const char *name,
                                       struct error *error)
{
    struct optparse_option option;
    struct suggestion closest;
    char word[64];

    parse_word(name, "=", word, sizeof word);
    closest = suggest_for(word);
    for (size_t i = 0; parser->table(i, &option); i++)
        suggest_offer(&closest, option.name);
    if (closest.best == NULL)
        return fail(error, "unknown option");
    error_reason(error, ERROR_USAGE, "unknown option; did you mean --%s?", closest.best);
    return OPTPARSE_ERROR;
}

/* Find the option with the exact name, or the only option with this prefix. */
static enum optparse_item find_name(struct optparse *parser, const char *name, size_t length,
                                    struct optparse_option *option, struct error *error)
{
    struct optparse_option other;
    size_t found = 0;

    for (size_t i = 0; length > 0 && parser->table(i, &other); i++) {
        if (strncmp(other.name, name, length) != 0)
            continue;
        parser->index = i;
        if (other.name[length] == '\0') {
            *option = other;
            return OPTPARSE_OPTION;
        }
        if (found++ == 0)
            *option = other;
        else if (found == 2)
            error_reason(error, ERROR_USAGE, "could be --%s or --%s", option->name, other.name);
    }
    if (found == 0)
        return fail_unknown(parser, name, error);
    return found == 1 ? OPTPARSE_OPTION : OPTPARSE_ERROR;
}

/* The option takes the next word as its value where it has none yet and needs one. */
static enum optparse_item take_value(struct optparse *parser, const struct optparse_option *option,
                                     const char *attached, struct error *error)
{
    parser->value = attached;
    if (option->takes != OPTPARSE_REQUIRED || attached != NULL)
        return OPTPARSE_OPTION;
    parser->value = *parser->next;
    if (parser->value == NULL) {
        error_reason(error, ERROR_USAGE, "needs an argument: %s", option->argument);
        return OPTPARSE_ERROR;
    }
    parser->next++;
    return OPTPARSE_OPTION;
}

/* --name, --name=value, --name value. */
static enum optparse_item read_name(struct optparse *parser, struct error *error)
{
    const char *name = *parser->next + 2;
    size_t length = strcspn(name, "=");
    struct optparse_option option = {0};

    error_subject(error, "%s", *parser->next++);
    if (find_name(parser, name, length, &option, error) != OPTPARSE_OPTION)
        return OPTPARSE_ERROR;
    if (option.takes == OPTPARSE_NONE && name[length] == '=')
        return fail(error, "takes no argument");
    error_subject(error, "--%s", option.name);
    return take_value(parser, &option, name[length] == '=' ? name + length + 1 : NULL, error);
}

/* One letter of -abc, -eCODE or -e CODE. */
static enum optparse_item read_letter(struct optparse *parser, struct error *error)
{
    const char *rest = parser->letters + 1;
    struct optparse_option option;
    bool takes_rest;

    error_subject(error, "-%c", parser->letters[0]);
    if (!find_letter(parser, parser->letters[0], &option))
        return fail(error, "unknown option; --help lists all");
    takes_rest = option.takes == OPTPARSE_OPTIONAL || option.takes == OPTPARSE_REQUIRED;
    parser->letters = takes_rest || rest[0] == '\0' ? NULL : rest;
    return take_value(parser, &option, takes_rest && rest[0] != '\0' ? rest : NULL, error);
}

enum optparse_item optparse_next(struct optparse *parser, struct error *error)
{
    char *word = *parser->next;

    if (parser->letters != NULL)
        return read_letter(parser, error);
    if (!parser->has_ended && word != NULL && strcmp(word, "--") == 0) {
        parser->has_ended = true;
        word = *++parser->next;
    }
    if (word == NULL)
        return OPTPARSE_END;
    if (!parser->has_ended && strncmp(word, "--", 2) == 0)
        return read_name(parser, error);
    parser->next++;
    if (!parser->has_ended && word[0] == '-' && word[1] != '\0') {
        parser->letters = word + 1;
        return read_letter(parser, error);
    }
    parser->word = word;
    return OPTPARSE_WORD;
}
