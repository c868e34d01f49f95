/*
 * expand.c - variables of the environment in a value
 */
#include "util/expand.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/strbuf.h"

/* A part of a string. */
struct span {
    const char *start;
    size_t length;
};

/* The variable's name at `text`, possibly empty. */
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

/* Format the reason with the name, up to twice; a very long name is cut off. */
static int refuse(struct error *error, const char *format, struct span name)
{
    char buffer[64];
    size_t size = name.length + 1;
    struct strbuf text = strbuf_in(buffer, size < sizeof buffer ? size : sizeof buffer);

    strbuf_add(&text, name.start);
    return error_reason(error, ERROR_USAGE, format, buffer, buffer);
}

enum { NESTED_MAX = 16 };

/* An expansion runs twice: first to compute the length of the result, then to fill it in. */
struct expansion {
    const char *at;
    char *const *environment;
    char *to; /* the result; NULL in the first run */
    size_t length;
    unsigned int depth;   /* of nested defaults */
    unsigned int skipped; /* of these, the defaults that are not used: the variable has a value */
    struct error *error;
};

static int add(struct expansion *expansion, const char *text, size_t length)
{
    if (expansion->skipped > 0)
        return 0;
    if (expansion->to != NULL)
        memcpy(expansion->to + expansion->length, text, length);
    expansion->length += length;
    /* A short text can name a long variable many times. */
    if (expansion->length > PTRDIFF_MAX / 2)
        return error_reason(expansion->error, ERROR_USAGE, "the variables' values are too long");
    return 0;
}

static int add_all(struct expansion *expansion);

/* Read the default behind ":-", up to its '}', and use it or skip it. */
static int read_default(struct expansion *expansion, bool is_used)
{
    int result;

    if (expansion->depth == NESTED_MAX)
        return error_reason(expansion->error, ERROR_USAGE, "more than %d defaults are nested",
                            NESTED_MAX);
    expansion->depth++;
    expansion->skipped += !is_used;
    result = add_all(expansion);
    expansion->skipped -= !is_used;
    expansion->depth--;
    return result;
}

/* Replace the reference that begins with the next "${", and move past its '}'. */
static int add_reference(struct expansion *expansion)
{
    struct error *error = expansion->error;
    struct span name = read_name(expansion->at + 2);
    const char *value = find_variable(expansion->environment, name);
    const char *end = name.start + name.length;
    bool has_default = strncmp(end, ":-", 2) == 0;

    if (name.length == 0)
        return refuse(error, "the variable's name is missing behind ${; write $${ for a literal ${",
                      name);
    expansion->at = end;
    if (has_default) {
        bool is_used = value == NULL || *value == '\0';

        expansion->at += 2;
        if (read_default(expansion, is_used) < 0)
            return -1;
        value = is_used ? "" : value;
    }
    if (*expansion->at == '\0')
        return refuse(error, "${%s has no closing }; write $${ for a literal ${", name);
    if (*expansion->at != '}')
        return refuse(error, "expected } or :- behind ${%s; write $${ for a literal ${", name);
    expansion->at++;
    if (value == NULL && expansion->skipped == 0)
        return refuse(error, "%s is not set; write ${%s:-} for an empty default", name);
    return value != NULL ? add(expansion, value, strlen(value)) : 0;
}

/* Expand up to the end of the text, or of a default up to its '}'. */
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
