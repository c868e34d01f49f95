/*
 * identity.h - who a process is: the namespaces it lives in, and its numbers and names in them
 */
#ifndef NSINIT_INSPECT_IDENTITY_H
#define NSINIT_INSPECT_IDENTITY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/namespaces.h"

/* One namespace that a process lives in. What can't be told is 0, with an errno that says why. */
struct namespace_identity {
    uint64_t id;     /* the inode of its nsfs file: namespaces(7) */
    uint64_t ns_id;  /* never used again for another; 0: this kernel (before Linux 6.18) has none */
    uint64_t owner;  /* the user namespace that has the rights over it, by its id */
    uint64_t parent; /* of a pid or user namespace: the one it is nested in */
    int64_t owner_uid; /* of a user namespace: who has made it, as seen by us; -1: can't be told */
    int error;
    int owner_error;  /* EPERM: outside of what we may see */
    int parent_error; /* the same */
};

/* What is known of a process besides its namespaces. */
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

/* The kernel's limits: pid_namespaces(7), user_namespaces(7). */
enum { PID_LEVELS = 33, MAP_RANGES = 340 };

/* A uid_map or gid_map as we see it. */
struct full_id_map {
    struct id_range ranges[MAP_RANGES];
    size_t count;
};

/* Large: not for a stack that many are on. */
struct identity {
    pid_t pid; /* as we know it */
    struct namespace_identity namespaces[NAMESPACE_COUNT];
    pid_t pids[PID_LEVELS]; /* from the namespace of /proc to its own */
    size_t pid_count;
    int64_t uid; /* effective, in its own user namespace; -1: not mapped there */
    int64_t gid;
    int64_t outer_uid; /* as we see it */
    int64_t outer_gid;
    struct full_id_map uid_map;
    struct full_id_map gid_map;
    char hostname[65];
    char domainname[65];
    char netns[64]; /* its name in /run/netns; empty: it has none */
    char cgroup[512];
    char root[512];
    int errors[FACT_COUNT]; /* why it can't be told, as an errno; 0: it is there */
};

enum identity_depth {
    IDENTITY_BRIEF, /* what events tell: no owners and parents, netns, cgroup and root */
    IDENTITY_WHOLE
};

/*
 * Find out who the process is. What may not be read stays empty, with its error. 0, or -ESRCH when
 * there is no such process.
 */
int identity_read(struct identity *identity, pid_t pid, enum identity_depth depth);

/* Whether there is a fact or a namespace that can't be told. */
bool identity_is_incomplete(const struct identity *identity);

/* Fill in names and maps that can't be told by those of another process in the same namespace. */
void identity_fill_from(struct identity *identity, const struct identity *other);

/* Its PIDs alone: how many, in `pids`, or a negative errno. Those of /proc/PID/status: proc(5). */
int identity_read_pids(pid_t pid, pid_t pids[PID_LEVELS]);

/* The same of a process of /proc, whoever's that is, and its effective user as we see it, or -1. */
int identity_read_ids(pid_t pid, pid_t pids[PID_LEVELS], int64_t *uid);

/*
 * The ids of the PID namespaces it is in, from ours to its own: the kernel tells no more than
 * those. How many, or a negative errno.
 */
int identity_pid_namespaces(pid_t pid, uint64_t ids[PID_LEVELS]);

/* The id of the namespace that a process lives in; 0 with errno where that can't be told. */
uint64_t identity_namespace(pid_t pid, enum ns_type type);

/* Those of all types, by the type. */
void identity_namespaces(pid_t pid, uint64_t ids[NAMESPACE_COUNT]);

/* Why something can't be told, in words. */
const char *identity_reason(int error);

#endif
