/*
 * identity.h - the identity of a process: its namespaces, and its ids and names in them
 */
#ifndef NSINIT_INSPECT_IDENTITY_H
#define NSINIT_INSPECT_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/namespaces.h"

/* A namespace of the process. An id that is unknown is 0, and an errno says why. */
struct namespace_identity {
    uint64_t id;       /* the inode of its nsfs file: namespaces(7) */
    uint64_t ns_id;    /* never reused, unlike inodes; 0: the kernel has none (before Linux 6.18) */
    uint64_t owner;    /* the id of the user namespace that owns it */
    uint64_t parent;   /* the id of the namespace that a pid or user namespace is nested in */
    int64_t owner_uid; /* the creator of a user namespace, as seen here; -1: unknown */
    int error;
    int owner_error; /* EPERM: this process may not see the owner */
    int parent_error;
};

/* The facts of a process besides its namespaces. */
enum fact {
    FACT_PIDS,
    FACT_USER,
    FACT_UID_MAP,
    FACT_GID_MAP,
    FACT_HOSTNAME,
    FACT_NETNS,
    FACT_CGROUP,
    FACT_ROOT,
    FACT_COUNT
};

/* Limits of the kernel: pid_namespaces(7), user_namespaces(7). */
enum { PID_LEVELS = 33, MAP_RANGES = 340 };

/* A uid_map or gid_map with as many ranges as the kernel accepts, as seen here. */
struct full_id_map {
    struct id_range ranges[MAP_RANGES];
    size_t count;
};

/* The struct takes 12 KiB: mind the stack. */
struct identity {
    pid_t pid; /* in this PID namespace */
    struct namespace_identity namespaces[NAMESPACE_COUNT];
    pid_t pids[PID_LEVELS]; /* from the PID namespace of /proc to its own */
    size_t pid_count;
    int64_t uid; /* effective, in its own user namespace; -1: not mapped there */
    int64_t gid;
    int64_t outer_uid; /* as seen here */
    int64_t outer_gid;
    struct full_id_map uid_map;
    struct full_id_map gid_map;
    char hostname[65];
    char domainname[65];
    char netns[64]; /* the name in /run/netns; empty: it has none */
    char cgroup[512];
    char root[512];
    int errors[FACT_COUNT]; /* why a fact is unknown; 0: it is known */
};

enum identity_depth {
    IDENTITY_BRIEF, /* for events: without owners, parents, netns, cgroup and root */
    IDENTITY_WHOLE
};

/*
 * Read the identity of a process. A fact that this process may not read stays empty, with its
 * error. Returns 0, or -ESRCH if the process does not exist.
 */
int identity_read(struct identity *identity, pid_t pid, enum identity_depth depth);

/* Whether a fact or a namespace is unknown. */
bool identity_is_incomplete(const struct identity *identity);

/* Fill in unknown names and maps from a process in the same namespaces. */
void identity_fill_from(struct identity *identity, const struct identity *other);

/*
 * Read only the PIDs of a process, from the PID namespace of /proc to its own. Returns how many, or
 * a negative errno: -ENOENT without a /proc of this PID namespace.
 */
int identity_read_pids(pid_t pid, pid_t pids[PID_LEVELS]);

/*
 * Read the PIDs as above for a PID of any /proc, and the effective uid as seen here; -1: unknown.
 */
int identity_read_ids(pid_t pid, pid_t pids[PID_LEVELS], int64_t *uid);

/*
 * The ids of a process's PID namespaces, from this process's to its own. The kernel shows no more.
 * Returns how many, or a negative errno.
 */
int identity_pid_namespaces(pid_t pid, uint64_t ids[PID_LEVELS]);

/* The id of a process's namespace; 0 with errno. */
uint64_t identity_namespace(pid_t pid, enum ns_type type);

/* The ids of all its namespaces, by type. */
void identity_namespaces(pid_t pid, uint64_t ids[NAMESPACE_COUNT]);

/* The text of an error in an identity. */
const char *identity_reason(int error);

#endif
