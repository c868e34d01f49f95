/*
 * ns_scan.h - which namespaces there are, and who lives in them, as /proc shows it
 */
#ifndef NSINIT_INSPECT_NS_SCAN_H
#define NSINIT_INSPECT_NS_SCAN_H

#include <stdint.h>
#include <sys/types.h>

#include "plan/namespaces.h"

/* One namespace. */
struct ns_node {
    enum ns_type type;
    bool is_wanted; /* one of those who were asked for lives in it */
    unsigned int
        levels_up;      /* so many levels above that of `pid`, which is then in one nested in it */
    unsigned int count; /* of the processes in it */
    unsigned int first; /* of them: see ns_scan_process */
    unsigned int last;
    pid_t pid;             /* the lowest of them; 0: it is opened by its path */
    char *path;            /* where it is bound, or an open file of it; NULL: not known */
    bool path_is_borrowed; /* of the one that it is the parent of */
    uint64_t id;           /* the inode of its nsfs file: namespaces(7) */
    uint64_t parent;       /* see ns_scan_add_parents */
};

/* One process, on as many lists as there are types: of those that live in the same namespace. */
struct ns_process {
    pid_t pid;
    unsigned int mark; /* 0; the caller's to use */
    unsigned int next[NAMESPACE_COUNT];
};

struct ns_scan {
    struct ns_node *nodes; /* owned; sorted by type and id */
    size_t count;
    struct ns_process *processes; /* owned; sorted by pid */
    size_t process_count;
    size_t unreadable; /* processes that may not be looked at */
};

/*
 * Look at all processes of /proc, in one pass, and at their namespaces of these types. Namespaces
 * of the `wanted` (or, if there are none, all) are marked. 0, to be freed by ns_scan_free, or a
 * negative errno (-ENOENT: no /proc).
 */
int ns_scan_read(struct ns_scan *scan, ns_set types, const pid_t *wanted, size_t count);
void ns_scan_free(struct ns_scan *scan);

/*
 * Find the parents of pid and user namespaces, as far as we may see; those in which nobody lives
 * are added. 0 or -ENOMEM.
 */
int ns_scan_add_parents(struct ns_scan *scan);

/*
 * For held_namespaces.c: one in which nobody lives, at the path; the path of one that is known; and
 * sort them when all have been added. 0 or -ENOMEM.
 */
int ns_scan_add_kept(struct ns_scan *scan, enum ns_type type, uint64_t id, const char *path);
int ns_node_set_path(struct ns_node *node, const char *path);
void ns_scan_sort(struct ns_scan *scan);

/* By type and id, or NULL. */
struct ns_node *ns_scan_find(const struct ns_scan *scan, enum ns_type type, uint64_t id);

/* The process at a place of the lists (`first`, `next[type]`); NULL behind the last one. */
struct ns_process *ns_scan_process(const struct ns_scan *scan, unsigned int place);

/* Close-on-exec, or a negative errno. */
int ns_node_open(const struct ns_node *node);

/* The namespace that a process of /proc lives in: open, or a negative errno; its id, or 0. */
int ns_open_by_proc(pid_t pid, enum ns_type type);
uint64_t ns_id_by_proc(pid_t pid, enum ns_type type);

#endif
