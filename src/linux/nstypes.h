/*
 * nstypes.h - the types of namespaces: names in /proc/PID/ns, flags of clone(2)
 */
#ifndef NSINIT_LINUX_NSTYPES_H
#define NSINIT_LINUX_NSTYPES_H

#include <stdbool.h>

#include "util/error.h"

enum ns_type {
    NAMESPACE_USER,
    NAMESPACE_MNT,
    NAMESPACE_PID,
    NAMESPACE_NET,
    NAMESPACE_UTS,
    NAMESPACE_IPC,
    NAMESPACE_CGROUP,
    NAMESPACE_TIME,
    NAMESPACE_COUNT
};

/* Bit N is type N. */
typedef unsigned int ns_set;

struct ns_type_info {
    const char *name;        /* as in /proc/PID/ns */
    unsigned int clone_flag; /* CLONE_NEW... */
};

extern const struct ns_type_info ns_types[NAMESPACE_COUNT];

/* The inodes of the initial namespaces, as in the kernel's <linux/proc_ns.h>. */
#define PROC_USER_INIT_INO 0xEFFFFFFDU
#define PROC_PID_INIT_INO 0xEFFFFFFCU

static inline bool ns_set_has(ns_set set, enum ns_type type)
{
    return (set >> type & 1U) != 0;
}

/* Add the types of a list like "pid,net" or "all" to a set. 0, or -1 with the reason filled in. */
int ns_set_parse(ns_set *set, const char *list, struct error *error);

#endif
