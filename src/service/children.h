/*
 * children.h - whose end concerns whom: nsinit's own children by pid
 * Orphans and children from before are in no one's interest, and not here.
 */
#ifndef NSINIT_SERVICE_CHILDREN_H
#define NSINIT_SERVICE_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef void child_ended(void *owner, pid_t pid, int wait_status);

struct supervised;

struct child {
    pid_t pid; /* 0: a free place */
    child_ended *on_end;
    void *owner;
    const struct supervised *service; /* the service that it is, or runs in the place of; or NULL */
};

/* A hash table. An nsinit of one service needs no memory for it. All zero at first. */
struct children {
    struct child few[4];
    struct child *more; /* owned, or NULL: `few` are enough */
    size_t room;
    size_t count;
};

/* Before a process is made: room for it. 0 or -ENOMEM. */
int children_reserve(struct children *children);

/* It was made, in room that is reserved. Its end is told once. */
void children_add(struct children *children, pid_t pid, child_ended *on_end, void *owner);

/* It is that service on its way to its program, or in its place: a health check, nsctl exec. */
void children_add_for(struct children *children, pid_t pid, child_ended *on_end, void *owner,
                      const struct supervised *service);

/* For one whose end is of no concern: a stage, or what was killed. */
child_ended children_ignore_end;

/* Who is to be told of the end of `pid`, or NULL. */
const struct child *children_find(const struct children *children, pid_t pid);

/* It has ended: forget it. */
void children_remove(struct children *children, pid_t pid);

/* Whether the kernel knows of any child of nsinit's, whoever made it. */
bool children_any(void);

#endif
