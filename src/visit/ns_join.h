/*
 * ns_join.h - open namespaces that exist, to be joined
 */
#ifndef NSINIT_VISIT_NS_JOIN_H
#define NSINIT_VISIT_NS_JOIN_H

#include <sys/types.h>

#include "plan/namespaces.h"

/* Namespaces that are open, by type; -1: not to be joined. */
struct nsfds {
    int fds[NAMESPACE_COUNT];
};

/* The set that is empty. */
struct nsfds nsfds_none(void);

/*
 * A process's namespace, or where it has none of its own yet, its children's (pid, time):
 * close-on-exec. A negative errno on failure: -ENOENT where the kernel has no such namespace,
 * -EOPNOTSUPP where it takes a /proc (before Linux 6.11) and there is none of our PID namespace.
 */
int nsfd_open_of(pid_t pid, enum namespace_type type);

/* The one that a process itself lives in, in the same way. */
int nsfd_open_own(pid_t pid, enum namespace_type type);

/* Open those of a process, each as nsfd_open_of does. */
void nsfds_open_of(struct nsfds *open, pid_t pid, namespace_set types);

/*
 * Open all that the entrances name, but those that the caller is in already, and besides those of
 * `given` (may be NULL) that no entrance names. Sources that are services are the caller's to
 * find, and to give. To be done before
 * anything is joined or made: afterwards their names may mean other things. 0, to be closed by
 * nsfds_close, or -1 with `error` filled in.
 */
int nsfds_open(struct nsfds *open, const struct namespaces *namespaces, const struct nsfds *given,
               struct error *error);
void nsfds_close(struct nsfds *open);

#endif
