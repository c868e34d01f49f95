/*
 * nsfs.h - ids and relations of open namespaces: ioctl_nsfs(2)
 */
#ifndef NSINIT_LINUX_NSFS_H
#define NSINIT_LINUX_NSFS_H

#include <stdint.h>
#include <sys/types.h>

/* The inode of a namespace, which names it while it lives; 0 with errno. */
uint64_t nsfs_id(int fd);

/* The number that no other namespace ever gets; 0 before Linux 6.18. */
uint64_t nsfs_ns_id(int fd);

/* The inode of the owning user namespace; 0 with errno (EPERM: it is outside of ours). */
uint64_t nsfs_owner(int fd);

/* The inode of the parent of a pid or user namespace; 0 with errno (EPERM: outside of ours). */
uint64_t nsfs_parent(int fd);

/* Open that parent, close-on-exec; -1 with errno. */
int nsfs_open_parent(int fd);

/* Open that parent in the place of `fd`, which is closed. A negative errno on failure. */
int nsfs_move_to_parent(int fd);

/* The creator of a user namespace; -1 with errno. */
int64_t nsfs_owner_uid(int fd);

/* Translate a PID of an open PID namespace into ours; -1 with errno (before Linux 6.11). */
pid_t nsfs_pid_from(int fd, pid_t pid);

/* The inode of a namespace at a path below `directory`; 0 if any other file is there. */
uint64_t nsfs_id_at(int directory, const char *name);

#endif
