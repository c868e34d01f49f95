/*
 * nsfd.h - namespaces that are open: of a process, or of nsinit itself
 */
#ifndef NSINIT_LINUX_NSFD_H
#define NSINIT_LINUX_NSFD_H

#include <stdbool.h>
#include <sys/types.h>

#include "linux/nstypes.h"

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
int nsfd_open_of(pid_t pid, enum ns_type type);

/* The one that a process itself lives in, in the same way. */
int nsfd_open_own(pid_t pid, enum ns_type type);

/* Open those of a process, each as nsfd_open_of does. */
void nsfds_open_of(struct nsfds *open, pid_t pid, ns_set types);

/* Whether nsinit itself is in the namespace: setns(2) to its own user namespace is EINVAL. */
bool nsfd_is_own(int fd, enum ns_type type);

void nsfds_close(struct nsfds *open);

#endif
