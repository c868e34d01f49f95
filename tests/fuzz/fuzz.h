/*
 * fuzz.h - what each fuzzing target has: it ends by abort() or a sanitizer's report, or is content
 */
#ifndef NSINIT_TESTS_FUZZ_FUZZ_H
#define NSINIT_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer's door: called once for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has to be true of every input. */
static inline void fuzz_check(bool holds)
{
    if (!holds)
        abort();
}

/* The input as a string, in a block of exactly its size: the sanitizer sees a step too far. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    fuzz_check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

#endif
