/*
 * parse.c - small values out of text: numbers, durations, yes and no, and misspelt names
 */
#include "util/parse.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

int parse_digits(const char **text, uint64_t most, uint64_t *number)
{
    const char *at = *text;
    uint64_t value = 0;

    if (*at < '0' || *at > '9')
        return -EINVAL;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');

        if (value > (most - digit) / 10 || digit > most)
            return -ERANGE;
        value = 10 * value + digit;
    }
    *text = at;
    *number = value;
    return 0;
}

int parse_hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = digit != '\0' ? strchr(digits, digit) : NULL;

    return found != NULL ? (int)((found - digits) % 16) : -1;
}

int parse_large_number(const char *text, uint64_t most, uint64_t *number)
{
    uint64_t value;
    int result = parse_digits(&text, most, &value);

    if (result < 0)
        return result;
    if (*text != '\0')
        return -EINVAL;
    *number = value;
    return 0;
}

int parse_number(const char *text, unsigned long most, unsigned long *number)
{
    uint64_t value;
    int result = parse_large_number(text, most, &value);

    if (result == 0)
        *number = (unsigned long)value;
    return result;
}

int parse_duration(const char *text, uint32_t *milliseconds)
{
    static const struct {
        char name[4];
        uint32_t milliseconds;
    } units[] = {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60 * 1000}, {"h", 60 * 60 * 1000}};
    uint64_t number;
    int result = parse_digits(&text, UINT32_MAX, &number);

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
    static const char spellings[][2][6] = {
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

static unsigned char letter(char character)
{
    return (unsigned char)tolower((unsigned char)character);
}

static unsigned char least(int a, int b)
{
    return (unsigned char)(a < b ? a : b);
}

/*
 * How many letters were left out, put in, replaced, or swapped with their neighbour: the distance
 * of Damerau and Levenshtein. Longer names are never close.
 */
static size_t edit_distance(const char *a, const char *b)
{
    /* Of so many letters of the one from so many of the other. */
    unsigned char distances[LONGEST_COMPARED + 1][LONGEST_COMPARED + 1];
    size_t height = strlen(a);
    size_t width = strlen(b);

    if (height > LONGEST_COMPARED || width > LONGEST_COMPARED)
        return SIZE_MAX;
    for (size_t i = 0; i <= height; i++)
        for (size_t j = 0; j <= width; j++) {
            unsigned char *distance = &distances[i][j];

            if (i == 0 || j == 0) {
                *distance = (unsigned char)(i + j);
                continue;
            }
            *distance = least(least(distances[i - 1][j], distances[i][j - 1]) + 1,
                              distances[i - 1][j - 1] + (letter(a[i - 1]) != letter(b[j - 1])));
            if (i > 1 && j > 1 && letter(a[i - 1]) == letter(b[j - 2]) &&
                letter(a[i - 2]) == letter(b[j - 1]))
                *distance = least(*distance, distances[i - 2][j - 2] + 1);
        }
    return distances[height][width];
}

bool list_has(const char *list, const char *word)
{
    size_t length;

    for (;; list += length + 1) {
        length = strcspn(list, ",");
        if (strlen(word) == length && strncmp(list, word, length) == 0)
            return true;
        if (list[length] == '\0')
            return false;
    }
}

struct closest closest_to(const char *wrong)
{
    /* A slip in a short name, in a long one up to a third of it. */
    size_t length = strlen(wrong);
    size_t most = length < 6 ? 1 : length / 3;

    return (struct closest){.wrong = wrong, .distance = most + 1};
}

void closest_offer(struct closest *closest, const char *valid)
{
    size_t distance = edit_distance(closest->wrong, valid);

    if (distance < closest->distance) {
        closest->distance = distance;
        closest->best = valid;
    }
}

int parse_between(const char *text, int least, int most, int *number)
{
    bool negative = least < 0 && text[0] == '-';
    uint64_t size;
    int value;

    if (parse_large_number(text + negative, INT_MAX, &size) < 0)
        return -EINVAL;
    value = negative ? -(int)size : (int)size;
    if (value < least || value > most)
        return -EINVAL;
    *number = value;
    return 0;
}

size_t parse_word(const char *text, const char *ends, char *word, size_t size)
{
    size_t length = strcspn(text, ends);
    size_t copied = length < size ? length : size - 1;

    memcpy(word, text, copied);
    word[copied] = '\0';
    return length;
}
