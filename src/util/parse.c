/*
 * parse.c - read numbers, durations, flags and words from text
 */
#include "util/parse.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

int parse_hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* strtoull(3) would also take blanks and a sign, and report through errno what is too large. */
int parse_digits_of(const char **text, int base, uint64_t most, uint64_t *number)
{
    const char *at = *text;
    uint64_t value = 0;

    for (int digit; (digit = parse_hex_digit(*at)) >= 0 && digit < base; at++) {
        if ((uint64_t)digit > most || value > (most - (uint64_t)digit) / (uint64_t)base)
            return -ERANGE;
        value = value * (uint64_t)base + (uint64_t)digit;
    }
    if (at == *text)
        return -EINVAL;
    *text = at;
    *number = value;
    return 0;
}

int parse_digits(const char **text, uint64_t most, uint64_t *number)
{
    return parse_digits_of(text, 10, most, number);
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
