/*
 * loop_arena_private.h - the event loop's memory
 */
#ifndef NSINIT_INIT_LOOP_ARENA_PRIVATE_H
#define NSINIT_INIT_LOOP_ARENA_PRIVATE_H

/*
 * For ev_set_allocator: as realloc(3), a size of 0 frees. What libev needs for a few watchers
 * comes from an arena, so that an nsinit with one service never touches the heap, whose first use
 * costs pages and their faults. Past the arena, the heap serves.
 */
void *loop_arena(void *old, long size);

/* In a copy of the process, which has no use for the original's loop: begin anew. */
void loop_arena_reset(void);

#endif
