/*
 * nsfd.h - open namespaces: of a process, or nsinit's own
 */
#ifndef NSINIT_LINUX_NSFD_H
#define NSINIT_LINUX_NSFD_H

#include <stdbool.h>
#include <sys/types.h>

#include "linux/nstypes.h"

/* Open namespaces by type; -1: none of the type. */
struct nsfds {
    int fds[NAMESPACE_COUNT];
};

/* No namespace at all. */
struct nsfds nsfds_none(void);

/*
 * Open a process's namespace, close-on-exec; of the types pid and time, the namespace of its
 * children. Returns a negative errno: -ENOENT if the kernel lacks the type, -EOPNOTSUPP if the
 * kernel needs a /proc of this PID namespace (before Linux 6.11) and none is mounted.
 */
int nsfd_open_of(pid_t pid, enum ns_type type);

/* Open the namespace that the process itself is in. */
int nsfd_open_own(pid_t pid, enum ns_type type);

/* Open all these types as nsfd_open_of does; a member is a negative errno where that failed. */
void nsfds_open_of(struct nsfds *open, pid_t pid, ns_set types);

/* Whether the calling process is in the namespace: joining its own user namespace is EINVAL. */
bool nsfd_is_own(int fd, enum ns_type type);

void nsfds_close(struct nsfds *open);

#endif
