/*
 * ns_scan.h - all namespaces that /proc shows, and the processes in each
 */
#ifndef NSINIT_INSPECT_NS_SCAN_H
#define NSINIT_INSPECT_NS_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "linux/nstypes.h"

/* A namespace. A process, or else a path, opens it or, with `levels_up`, a descendant of it. */
struct ns_node {
    enum ns_type type;
    uint64_t id; /* the inode of its nsfs file: namespaces(7) */
    bool is_wanted;
    unsigned int count; /* of its processes */
    unsigned int first; /* its first and last process: see ns_scan_process */
    unsigned int last;
    pid_t pid;             /* its process with the lowest PID; 0: none */
    char *path;            /* of a bind mount or an open file; NULL: unknown */
    bool path_is_borrowed; /* by the child namespace that opens it */
    unsigned int levels_up;
    uint64_t parent; /* the id of its parent, see ns_scan_add_parents; 0: unknown */
};

/* A process, linked for each type of namespace into the list of its namespace's processes. */
struct ns_process {
    pid_t pid;
    unsigned int mark; /* 0; for the caller to use */
    unsigned int next[NAMESPACE_COUNT];
};

struct ns_scan {
    struct ns_node *nodes; /* owned; sorted by type and id */
    size_t count;
    struct ns_process *processes; /* owned; sorted by PID */
    size_t process_count;
    size_t unreadable; /* processes that this user may not look at */
};

/*
 * Read all processes of /proc in one pass, with their namespaces of these types. A namespace is
 * wanted if a `wanted` process is in it; without any, all are. 0, to be freed by ns_scan_free, or a
 * negative errno (-ENOENT: no /proc).
 */
int ns_scan_read(struct ns_scan *scan, ns_set types, const pid_t *wanted, size_t count);
void ns_scan_free(struct ns_scan *scan);

/*
 * Fill in the parents of pid and user namespaces, as far as this process may see them, and add
 * parents without processes. 0 or -ENOMEM.
 */
int ns_scan_add_parents(struct ns_scan *scan);

/*
 * For held_namespaces.c: add a namespace without processes; set the path of a known one. 0 or
 * -ENOMEM. Then sort the namespaces again.
 */
int ns_scan_add_kept(struct ns_scan *scan, enum ns_type type, uint64_t id, const char *path);
int ns_node_set_path(struct ns_node *node, const char *path);
void ns_scan_sort(struct ns_scan *scan);

/* The namespace of this type and id, or NULL. */
struct ns_node *ns_scan_find(const struct ns_scan *scan, enum ns_type type, uint64_t id);

/* The process that `first`, `last` or `next[type]` stands for. NULL: the list has ended. */
struct ns_process *ns_scan_process(const struct ns_scan *scan, unsigned int number);

/* Open a namespace, close-on-exec. A negative errno on failure. */
int ns_node_open(const struct ns_node *node);

/* Open the namespace of a process in /proc, close-on-exec. A negative errno on failure. */
int ns_open_by_proc(pid_t pid, enum ns_type type);

/* The id of that namespace; 0 with errno. */
uint64_t ns_id_by_proc(pid_t pid, enum ns_type type);

/* Parse the text of a link in /proc/PID/ns: net:[4026531840]. False: it is another text. */
bool ns_parse_link(const char *link, enum ns_type *type, uint64_t *id);

#endif
