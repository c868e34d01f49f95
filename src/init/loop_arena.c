/*
 * loop_arena.c - the event loop's memory
 * libev grows its arrays by doubling and never gives them back, so the arena only moves on.
 */
#include "init/loop_arena_private.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_SIZE = 4096, ALIGNMENT = 16 };

static _Alignas(ALIGNMENT) char arena[ARENA_SIZE];
static size_t used;
static char *last; /* the block that ends where the free part begins */

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
        /* How long the old one was is not known; what lies behind it may be copied as well. */
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
