/*
 * arena.c - the memory of an invocation
 */
#include "options/arena_private.h"

#include <stdlib.h>
#include <string.h>

void *array_grow(void *elements, size_t count, size_t size, struct error *error)
{
    void *larger = reallocarray(elements, count + 1, size);

    if (larger == NULL)
        error_reason(error, ERROR_FAILED, "%m");
    return larger;
}

int array_append(void *array, size_t *count, const void *element, size_t size, struct error *error)
{
    void *elements;
    char *larger;

    memcpy(&elements, array, sizeof elements);
    larger = array_grow(elements, *count, size, error);
    if (larger == NULL)
        return -1;
    memcpy(larger + *count * size, element, size);
    memcpy(array, &larger, sizeof larger);
    ++*count;
    return 0;
}

void *arena_adopt(struct invocation *invocation, void *memory, struct error *error)
{
    void **allocations = array_grow(invocation->allocations, invocation->allocation_count,
                                    sizeof *allocations, error);

    if (allocations == NULL) {
        free(memory);
        return NULL;
    }
    invocation->allocations = allocations;
    allocations[invocation->allocation_count++] = memory;
    return memory;
}

void *arena_allocate(struct invocation *invocation, size_t size, struct error *error)
{
    void *memory = calloc(1, size);

    if (memory == NULL) {
        error_reason(error, ERROR_FAILED, "%m");
        return NULL;
    }
    return arena_adopt(invocation, memory, error);
}

struct translation *invocation_translation(struct invocation *invocation, struct error *error)
{
    struct service *service = invocation->current;
    struct translation *own;

    if (service == &invocation->main_service || service->translation != &invocation->translation)
        return service->translation;
    own = arena_allocate(invocation, sizeof *own, error);
    if (own == NULL)
        return NULL;
    *own = invocation->translation;
    service->translation = own;
    return own;
}
