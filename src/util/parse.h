/*
 * parse.h - small values out of text: numbers, durations, yes and no, and misspelt names
 */
#ifndef NSINIT_UTIL_PARSE_H
#define NSINIT_UTIL_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The decimal digits at *text, which is moved past them. 0, or -EINVAL; -ERANGE if over `most`. */
int parse_digits(const char **text, uint64_t most, uint64_t *number);

/* What a hexadecimal digit stands for, or -1. */
int parse_hex_digit(char digit);

/* A decimal number from 0 to `most`, and nothing around it. 0 or -EINVAL; -ERANGE if too large. */
int parse_number(const char *text, unsigned long most, unsigned long *number);

/* The same where 32 bits do not do, which is all that a long has on some machines. */
int parse_large_number(const char *text, uint64_t most, uint64_t *number);

/* 500ms, 10s, 2m, 1h; a bare number is seconds. In milliseconds. 0, -EINVAL or -ERANGE. */
int parse_duration(const char *text, uint32_t *milliseconds);

/* 1, yes, true, on; 0, no, false, off, and the empty text. 0 or -EINVAL. */
int parse_flag(const char *text, bool *flag);

/* Whether a list with commas between its words has this word. */
bool list_has(const char *list, const char *word);

/*
 * The valid spelling closest to a wrong one: offer all valid ones, `best` is the closest if it is
 * near enough to be meant, else NULL. Upper and lower case count as the same.
 */
struct closest {
    const char *wrong;
    const char *best;
    size_t distance;
};

struct closest closest_to(const char *wrong);
void closest_offer(struct closest *closest, const char *valid);

/* A decimal number from `least` to `most`, with a '-' where `least` has one. 0 or -EINVAL. */
int parse_between(const char *text, int least, int most, int *number);

/*
 * The beginning of a text up to any of the bytes of `ends`, as a word of its own, which is cut off
 * where it does not fit into `size` bytes. How long it is in the text.
 */
size_t parse_word(const char *text, const char *ends, char *word, size_t size);

#endif
