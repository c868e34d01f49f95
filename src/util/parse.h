/*
 * parse.h - read numbers, durations, flags and words from text
 */
#ifndef NSINIT_UTIL_PARSE_H
#define NSINIT_UTIL_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Read decimal digits at *text and move past them. 0; -EINVAL if there is no digit, -ERANGE if the
 * number is over `most`: then *text stays.
 */
int parse_digits(const char **text, uint64_t most, uint64_t *number);

/* parse_digits for another base, up to 16. */
int parse_digits_of(const char **text, int base, uint64_t most, uint64_t *number);

/* The value of a hexadecimal digit, or -1. */
int parse_hex_digit(char digit);

/* Read a text that is one decimal number, 0 to `most`. 0; -EINVAL, or -ERANGE if over `most`. */
int parse_number(const char *text, unsigned long most, unsigned long *number);

/* parse_number for 64 bits, which a long does not have on every machine. */
int parse_large_number(const char *text, uint64_t most, uint64_t *number);

/* Read a number from `least` to `most`, with a '-' if `least` is negative. 0 or -EINVAL. */
int parse_between(const char *text, int least, int most, int *number);

/* The advice in an error about an invalid duration. */
#define DURATION_ADVICE "use 500ms, 10s, 2m or 1h"

/* Read 500ms, 10s, 2m or 1h; a number without a unit is seconds. 0, -EINVAL or -ERANGE. */
int parse_duration(const char *text, uint32_t *milliseconds);

/* Read 1, yes, true, on, or 0, no, false, off and the empty text, in either case. 0 or -EINVAL. */
int parse_flag(const char *text, bool *flag);

/*
 * Copy the beginning of a text, up to any byte of `ends`, into `word`; a word that does not fit
 * into `size` bytes is cut off. Returns its whole length.
 */
size_t parse_word(const char *text, const char *ends, char *word, size_t size);

/* Whether a list with commas between its words has this word. */
bool list_has(const char *list, const char *word);

#endif
