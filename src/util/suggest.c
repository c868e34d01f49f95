/*
 * suggest.c - the valid spelling closest to a misspelt word: "did you mean"
 */
#include "util/suggest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

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
 * Count the letters that were left out, put in, replaced, or swapped with their neighbour: the
 * distance of Damerau and Levenshtein. A name over LONGEST_COMPARED is close to none.
 */
static size_t edit_distance(const char *a, const char *b)
{
    /* Between the first i letters of `a` and the first j of `b`. */
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

struct suggestion suggest_for(const char *word)
{
    /* One slip in a short name; in a long one a third of its letters may be wrong. */
    size_t length = strlen(word);
    size_t most = length < 6 ? 1 : length / 3;

    return (struct suggestion){.word = word, .distance = most + 1};
}

void suggest_offer(struct suggestion *suggestion, const char *valid)
{
    size_t distance = edit_distance(suggestion->word, valid);

    if (distance < suggestion->distance) {
        suggestion->distance = distance;
        suggestion->best = valid;
    }
}
