/*
 * expand.c - variables of the environment in a value
 */
#include "util/expand.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/text.h"

/* Some bytes of a string. */
struct span {
    const char *start;
    size_t length;
};

/* A variable as it is written: from its "${" to its '}'. */
struct reference {
    struct span name;
    bool has_fallback; /* what stands behind ":-" */
    struct span fallback;
    const char *behind;
};

/* A variable's name for a message; a very long one is cut off. */
struct name_text {
    char text[64];
};

static const char *name_text(const struct span *name, struct name_text *buffer)
{
    size_t size = name->length + 1;
    struct text text =
        text_in(buffer->text, size < sizeof buffer->text ? size : sizeof buffer->text);

    text_add(&text, name->start);
    return buffer->text;
}

/* The variable's name at `text`, empty when there is none. */
static struct span read_name(const char *text)
{
    static const char characters[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    bool is_digit = *text >= '0' && *text <= '9';

    return (struct span){text, is_digit ? 0 : strspn(text, characters)};
}

/* What begins with the "${" at `text`. 0, or -1 with the reason. */
static int read_reference(struct reference *reference, const char *text, struct error *error)
{
    struct span name = read_name(text + 2);
    const char *behind = name.start + name.length;
    bool has_fallback = strncmp(behind, ":-", 2) == 0;
    const char *fallback = has_fallback ? behind + 2 : behind;
    size_t length = has_fallback ? strcspn(fallback, "}") : 0;
    struct name_text buffer;

    *reference = (struct reference){name, has_fallback, {fallback, length}, fallback + length + 1};
    if (name.length == 0)
        return error_reason(error, ERROR_USAGE,
                            "no variable's name is behind ${; write $${ for a literal ${");
    if (fallback[length] == '\0')
        return error_reason(error, ERROR_USAGE, "${%s has no closing }; write $${ for a literal ${",
                            name_text(&name, &buffer));
    if (fallback[length] != '}')
        return error_reason(error, ERROR_USAGE,
                            "neither } nor :- is behind ${%s; write $${ for a literal ${",
                            name_text(&name, &buffer));
    return 0;
}

static const char *find_variable(char *const *environment, const struct span *name)
{
    for (; *environment != NULL; environment++)
        if (strncmp(*environment, name->start, name->length) == 0 &&
            (*environment)[name->length] == '=')
            return *environment + name->length + 1;
    return NULL;
}

/* What stands in the reference's place. 0, or -1 with the reason. */
static int resolve(const struct reference *reference, char *const *environment, struct span *piece,
                   struct error *error)
{
    const char *value = find_variable(environment, &reference->name);
    struct name_text buffer;

    if (reference->has_fallback && (value == NULL || *value == '\0')) {
        *piece = reference->fallback;
        return 0;
    }
    if (value == NULL) {
        const char *name = name_text(&reference->name, &buffer);

        return error_reason(error, ERROR_USAGE, "%s is not set; ${%s:-} stands for empty", name,
                            name);
    }
    *piece = (struct span){value, strlen(value)};
    return 0;
}

/* The next piece of the result, for what *at begins with; moves past that. */
static int next_piece(const char **at, char *const *environment, struct span *piece,
                      struct error *error)
{
    struct reference reference;

    if (strncmp(*at, "$${", 3) == 0) {
        *piece = (struct span){*at + 1, 2};
        *at += 3;
        return 0;
    }
    if (strncmp(*at, "${", 2) != 0) {
        *piece = (struct span){*at, 1 + strcspn(*at + 1, "$")};
        *at += piece->length;
        return 0;
    }
    if (read_reference(&reference, *at, error) < 0)
        return -1;
    *at = reference.behind;
    return resolve(&reference, environment, piece, error);
}

/* The result's length, and the result where `to` is not NULL. */
static int write_result(const char *at, char *const *environment, char *to, size_t *length,
                        struct error *error)
{
    *length = 0;
    while (*at != '\0') {
        struct span piece = {.start = ""};

        if (next_piece(&at, environment, &piece, error) < 0)
            return -1;
        if (to != NULL)
            memcpy(to + *length, piece.start, piece.length);
        *length += piece.length;
        /* A short value can name a long variable very often. */
        if (*length > PTRDIFF_MAX / 2)
            return error_reason(error, ERROR_USAGE, "the variables' values are too long");
    }
    return 0;
}

char *expand(const char *value, char *const *environment, struct error *error)
{
    size_t length;
    char *result;

    if (write_result(value, environment, NULL, &length, error) < 0)
        return NULL;
    result = malloc(length + 1);
    if (result == NULL) {
        error_reason(error, ERROR_FAILED, "%m");
        return NULL;
    }
    write_result(value, environment, result, &length, error);
    result[length] = '\0';
    return result;
}
