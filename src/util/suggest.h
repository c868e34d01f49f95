/*
 * suggest.h - the valid spelling closest to a misspelt word: "did you mean"
 */
#ifndef NSINIT_UTIL_SUGGEST_H
#define NSINIT_UTIL_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *word; /* the misspelt one */
    const char *best; /* the closest valid name so far, or NULL while none is near enough */
    size_t distance;
};

/* Start to look for the spelling of a word; then offer every valid name. Case does not count. */
struct suggestion suggest_for(const char *word);
void suggest_offer(struct suggestion *suggestion, const char *valid);

#endif
