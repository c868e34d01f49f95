/*
 * parse.c - small values out of text: numbers, durations, yes and no, and misspelt names
 */
#include "util/parse.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/* Read digits at *text and move past them. */
static int read_digits(const char **text, unsigned long most, unsigned long *number)
{
    const char *at = *text;
    unsigned long value = 0;

    if (*at < '0' || *at > '9')
        return -EINVAL;
    for (; *at >= '0' && *at <= '9'; at++) {
        unsigned long digit = (unsigned long)(*at - '0');

        if (value > (most - digit) / 10 || digit > most)
            return -ERANGE;
        value = 10 * value + digit;
    }
    *text = at;
    *number = value;
    return 0;
}

int parse_number(const char *text, unsigned long most, unsigned long *number)
{
    unsigned long value;
    int result = read_digits(&text, most, &value);

    if (result < 0)
        return result;
    if (*text != '\0')
        return -EINVAL;
    *number = value;
    return 0;
}

int parse_duration(const char *text, uint32_t *milliseconds)
{
    static const struct {
        const char *name;
        uint32_t milliseconds;
    } units[] = {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60 * 1000}, {"h", 60 * 60 * 1000}};
    unsigned long number;
    int result = read_digits(&text, UINT32_MAX, &number);

    if (result < 0)
        return result;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text, units[i].name) != 0)
            continue;
        if (number > UINT32_MAX / units[i].milliseconds)
            return -ERANGE;
        *milliseconds = (uint32_t)number * units[i].milliseconds;
        return 0;
    }
    return -EINVAL;
}

int parse_flag(const char *text, bool *flag)
{
    static const char *const spellings[][2] = {
        {"0", "1"}, {"no", "yes"}, {"false", "true"}, {"off", "on"}, {"", "1"}};

    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
        for (int value = 0; value < 2; value++)
            if (strcasecmp(text, spellings[i][value]) == 0) {
                *flag = value != 0;
                return 0;
            }
    return -EINVAL;
}

enum { LONGEST_COMPARED = 32 };

/* Levenshtein's distance by one row of its table; names longer than the row are never close. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[LONGEST_COMPARED + 1];
    size_t length = strlen(b);

    if (length > LONGEST_COMPARED || strlen(a) > LONGEST_COMPARED)
        return LONGEST_COMPARED;
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t above = row[j];
            size_t cost = diagonal + (strncasecmp(&a[i - 1], &b[j - 1], 1) != 0);

            if (above + 1 < cost)
                cost = above + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            row[j] = cost;
            diagonal = above;
        }
    }
    return row[length];
}

struct closest closest_to(const char *wrong)
{
    /* Up to a third of the letters may be wrong, in a short name one. */
    size_t length = strlen(wrong);

    return (struct closest){.wrong = wrong, .distance = length < 6 ? 2 : length / 3 + 1};
}

void closest_offer(struct closest *closest, const char *valid)
{
    size_t distance = edit_distance(closest->wrong, valid);

    if (distance < closest->distance) {
        closest->distance = distance;
        closest->best = valid;
    }
}
