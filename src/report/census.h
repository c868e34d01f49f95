/*
 * census.h - which namespaces there are, and who lives in them, as /proc shows it
 */
#ifndef NSINIT_REPORT_CENSUS_H
#define NSINIT_REPORT_CENSUS_H

#include <stdint.h>
#include <sys/types.h>

#include "pod/namespaces.h"

/* One namespace. */
struct residence {
    enum namespace_type type;
    uint64_t id;        /* the inode of its nsfs file: namespaces(7) */
    unsigned int count; /* of the processes in it */
    pid_t pid;          /* the lowest of them */
    bool is_wanted;     /* one of those who were asked for lives in it */
};

struct census {
    struct residence *residences; /* owned; sorted by type and id */
    size_t count;
    size_t unreadable; /* processes that may not be looked at */
};

/*
 * Look at all processes of /proc. Namespaces of the `wanted` (or, if there are none, all) are
 * marked. 0, to be freed by census_free, or a negative errno (-ENOENT: no /proc).
 */
int census_take(struct census *census, const pid_t *wanted, size_t wanted_count);
void census_free(struct census *census);

/* The namespace that a process lives in: its id, or 0 if that can't be told. */
uint64_t census_id_of(pid_t pid, enum namespace_type type);

#endif
