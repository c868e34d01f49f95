/*
 * arena_private.h - the memory of an invocation
 */
#ifndef NSINIT_OPTIONS_ARENA_PRIVATE_H
#define NSINIT_OPTIONS_ARENA_PRIVATE_H

#include "options/invocation.h"

/* Memory, all zero, that lives as long as the invocation. NULL with the reason filled in. */
void *arena_allocate(struct invocation *invocation, size_t size, struct error *error);

/* Hand memory of malloc(3) over. NULL with the reason filled in, and the memory freed. */
void *arena_adopt(struct invocation *invocation, void *memory, struct error *error);

/*
 * The array with room for one more element behind the `count` that it has: assign it to the pointer
 * that owns it. NULL with the reason filled in, and the array as it was.
 */
void *array_grow(void *elements, size_t count, size_t size, struct error *error);

/*
 * Append a copy of `element` to the array, and count it. 0, or -1 with the reason filled in. The
 * macro is for an array and a count that are variables, and checks the type of the element.
 */
int array_append(void *array, size_t *count, const void *element, size_t size, struct error *error);

#define ARRAY_APPEND(array, count, element, error) \
    array_append(&(array), &(count), 1 ? (element) : (array), sizeof *(array), error)

/*
 * The current service's translation, for writing. A service of a pod shares the main service's
 * translation until its first write, and has a copy from then on. Returns NULL with the reason
 * filled in.
 */
struct translation *invocation_translation(struct invocation *invocation, struct error *error);

#endif
