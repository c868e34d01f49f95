/*
 * loop_arena.c - memory for the event loop
 * libev doubles its arrays and never frees them, so the arena only grows.
 */
#include "init/loop_arena_private.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_SIZE = 4096, ALIGNMENT = 16 };

static _Alignas(ALIGNMENT) char arena[ARENA_SIZE];
static size_t used;
static char *last; /* the block before the free part */

static bool is_in_arena(const char *block)
{
    return block >= arena && block < arena + ARENA_SIZE;
}

/* A new block, or the last one at its new size. NULL when the arena is too small for it. */
static char *take(const char *old, size_t size)
{
    size_t start = old != NULL && old == last ? (size_t)(last - arena) : used;

    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size > ARENA_SIZE - start)
        return NULL;
    last = arena + start;
    used = start + size;
    return last;
}

void *loop_arena(void *old, long size)
{
    char *block;

    if (old != NULL && !is_in_arena(old)) {
        if (size > 0)
            return realloc(old, (size_t)size);
        free(old);
        return NULL;
    }
    if (size == 0)
        return NULL;
    block = take(old, (size_t)size);
    if (block == NULL)
        block = malloc((size_t)size);
    if (block != NULL && old != NULL && block != old) {
        /* The old length is unknown, so the copy may include bytes behind the block. */
        size_t most = (size_t)(arena + ARENA_SIZE - (char *)old);

        memmove(block, old, most < (size_t)size ? most : (size_t)size);
    }
    return block;
}

void loop_arena_reset(void)
{
    used = 0;
    last = NULL;
}
