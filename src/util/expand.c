/*
 * expand.c - variables of the environment in a value
 */
#include "util/expand.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/strbuf.h"

/* Some bytes of a string. */
struct span {
    const char *start;
    size_t length;
};

/* The variable's name at `text`, empty when there is none. */
static struct span read_name(const char *text)
{
    static const char characters[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    bool is_digit = *text >= '0' && *text <= '9';

    return (struct span){text, is_digit ? 0 : strspn(text, characters)};
}

static const char *find_variable(char *const *environment, struct span name)
{
    for (; *environment != NULL; environment++)
        if (strncmp(*environment, name.start, name.length) == 0 &&
            (*environment)[name.length] == '=')
            return *environment + name.length + 1;
    return NULL;
}

/* What the format says of a name, up to twice; a very long one is cut off. */
static int is_wrong(struct error *error, const char *format, struct span name)
{
    char buffer[64];
    size_t size = name.length + 1;
    struct strbuf text = strbuf_in(buffer, size < sizeof buffer ? size : sizeof buffer);

    strbuf_add(&text, name.start);
    return error_reason(error, ERROR_USAGE, format, buffer, buffer);
}

enum { DEEPEST = 16 };

/* A value on its way into its result. */
struct expansion {
    const char *at;
    char *const *environment;
    char *to; /* the result, or NULL while its length is looked for */
    size_t length;
    unsigned int depth;   /* of defaults in defaults */
    unsigned int skipped; /* of them those that do not count: a variable has a value */
    struct error *error;
};

static int add(struct expansion *expansion, const char *text, size_t length)
{
    if (expansion->skipped > 0)
        return 0;
    if (expansion->to != NULL)
        memcpy(expansion->to + expansion->length, text, length);
    expansion->length += length;
    /* A short value can name a long variable very often. */
    if (expansion->length > PTRDIFF_MAX / 2)
        return error_reason(expansion->error, ERROR_USAGE, "the variables' values are too long");
    return 0;
}

static int add_all(struct expansion *expansion);

/* The text behind ":-", up to the '}' that is not its own; it counts or not. */
static int read_default(struct expansion *expansion, bool counts)
{
    int result;

    if (expansion->depth == DEEPEST)
        return error_reason(expansion->error, ERROR_USAGE, "more than %d defaults are nested",
                            DEEPEST);
    expansion->depth++;
    expansion->skipped += !counts;
    result = add_all(expansion);
    expansion->skipped -= !counts;
    expansion->depth--;
    return result;
}

/* What stands in the place of the "${" that comes next; moves past its '}'. */
static int add_reference(struct expansion *expansion)
{
    struct error *error = expansion->error;
    struct span name = read_name(expansion->at + 2);
    const char *value = find_variable(expansion->environment, name);
    const char *end = name.start + name.length;
    bool has_default = strncmp(end, ":-", 2) == 0;

    if (name.length == 0)
        return is_wrong(error, "no variable's name is behind ${; write $${ for a literal ${", name);
    expansion->at = end;
    if (has_default) {
        bool counts = value == NULL || *value == '\0';

        expansion->at += 2;
        if (read_default(expansion, counts) < 0)
            return -1;
        value = counts ? "" : value;
    }
    if (*expansion->at == '\0')
        return is_wrong(error, "${%s has no closing }; write $${ for a literal ${", name);
    if (*expansion->at != '}')
        return is_wrong(error, "neither } nor :- is behind ${%s; write $${ for a literal ${", name);
    expansion->at++;
    if (value == NULL && expansion->skipped == 0)
        return is_wrong(error, "%s is not set; ${%s:-} stands for empty", name);
    return value != NULL ? add(expansion, value, strlen(value)) : 0;
}

/* All up to the end, in a default up to its '}'. */
static int add_all(struct expansion *expansion)
{
    const char *ends = expansion->depth > 0 ? "$}" : "$";
    int result = 0;

    while (result == 0 && *expansion->at != '\0') {
        const char *at = expansion->at;

        if (*at == '}' && expansion->depth > 0)
            break;
        if (strncmp(at, "${", 2) == 0) {
            result = add_reference(expansion);
        } else if (strncmp(at, "$${", 3) == 0) {
            expansion->at += 3;
            result = add(expansion, at + 1, 2);
        } else {
            size_t length = 1 + strcspn(at + 1, ends);

            expansion->at += length;
            result = add(expansion, at, length);
        }
    }
    return result;
}

char *expand(const char *value, char *const *environment, struct error *error)
{
    struct expansion expansion = {.at = value, .environment = environment, .error = error};
    char *result;

    if (add_all(&expansion) < 0)
        return NULL;
    result = malloc(expansion.length + 1);
    if (result == NULL) {
        error_reason(error, ERROR_FAILED, "%m");
        return NULL;
    }
    expansion.at = value;
    expansion.to = result;
    expansion.length = 0;
    add_all(&expansion);
    result[expansion.length] = '\0';
    return result;
}
