/*
 * children.h - look up nsinit's own children by PID, to report their ends
 * Orphans, and children that nsinit was executed with, are not in the table.
 */
#ifndef NSINIT_SERVICE_CHILDREN_H
#define NSINIT_SERVICE_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef void child_ended(void *owner, pid_t pid, int wait_status);

struct supervised;

struct child {
    pid_t pid; /* 0: the place is free */
    child_ended *on_end;
    void *owner;
    const struct supervised *service; /* the service that it is, or runs for; or NULL */
};

/* The size of the table before it is allocated: a power of two. */
enum { CHILDREN_FEW = 4 };

/* A hash table, all zero at first. A single service needs no memory beyond `few`. */
struct children {
    struct child few[CHILDREN_FEW];
    struct child *more; /* owned, or NULL: `few` are enough */
    size_t room;
    size_t count;
};

/* Before a fork: make room for one child. 0 or -ENOMEM. */
int children_reserve(struct children *children);

/* Add a child, for which room is reserved. Its end is reported once. */
void children_add(struct children *children, pid_t pid, child_ended *on_end, void *owner);

/* Add a child that is or becomes a service's process, or runs for it: a health check, nsctl exec.
 */
void children_add_for(struct children *children, pid_t pid, child_ended *on_end, void *owner,
                      const struct supervised *service);

/* For a child whose end needs no action: a stage of a setup, or a child that nsinit has killed. */
child_ended children_ignore_end;

/* The child with that PID, or NULL. */
const struct child *children_find(const struct children *children, pid_t pid);

/* Remove a child that has ended. */
void children_remove(struct children *children, pid_t pid);

/* Whether nsinit has any child at all, in the table or not. */
bool children_any(void);

#endif
