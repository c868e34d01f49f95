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
    struct text text = text_in(buffer, size < sizeof buffer ? size : sizeof buffer);

    text_add(&text, name.start);
    return error_reason(error, ERROR_USAGE, format, buffer, buffer);
}

/* What stands in the place of the "${" that *at begins with; moves past its '}'. */
static int read_reference(const char **at, char *const *environment, struct span *piece,
                          struct error *error)
{
    struct span name = read_name(*at + 2);
    const char *end = name.start + name.length;
    const char *value = find_variable(environment, name);
    const char *fallback = NULL;

    if (strncmp(end, ":-", 2) == 0) {
        fallback = end + 2;
        end = fallback + strcspn(fallback, "}");
    }
    if (name.length == 0)
        return is_wrong(error, "no variable's name is behind ${; write $${ for a literal ${", name);
    if (*end == '\0')
        return is_wrong(error, "${%s has no closing }; write $${ for a literal ${", name);
    if (*end != '}')
        return is_wrong(error, "neither } nor :- is behind ${%s; write $${ for a literal ${", name);
    *at = end + 1;
    if (fallback != NULL && (value == NULL || *value == '\0')) {
        *piece = (struct span){fallback, (size_t)(end - fallback)};
        return 0;
    }
    if (value == NULL)
        return is_wrong(error, "%s is not set; ${%s:-} stands for empty", name);
    *piece = (struct span){value, strlen(value)};
    return 0;
}

/* The next piece of the result, for what *at begins with; moves past that. */
static int next_piece(const char **at, char *const *environment, struct span *piece,
                      struct error *error)
{
    if (strncmp(*at, "$${", 3) == 0) {
        *piece = (struct span){*at + 1, 2};
        *at += 3;
        return 0;
    }
    if (strncmp(*at, "${", 2) == 0)
        return read_reference(at, environment, piece, error);
    *piece = (struct span){*at, 1 + strcspn(*at + 1, "$")};
    *at += piece->length;
    return 0;
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
