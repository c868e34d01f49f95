/*
 * loop_arena_private.h - memory for the event loop
 */
#ifndef NSINIT_INIT_LOOP_ARENA_PRIVATE_H
#define NSINIT_INIT_LOOP_ARENA_PRIVATE_H

/*
 * For ev_set_allocator: works as realloc(3), but a size of 0 frees. A few watchers fit into a
 * static arena, so an nsinit with one service never touches the heap, whose first use costs pages
 * and page faults. Larger blocks come from the heap.
 */
void *loop_arena(void *old, long size);

/* Empty the arena, in a copy of the process that does not use the loop of the original. */
void loop_arena_reset(void);

#endif
