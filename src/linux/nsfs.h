/*
 * nsfs.h - what an open namespace tells of itself: ioctl_nsfs(2)
 */
#ifndef NSINIT_LINUX_NSFS_H
#define NSINIT_LINUX_NSFS_H

#include <stdint.h>
#include <sys/types.h>

/* Its inode; 0 with errno. */
uint64_t nsfs_id(int fd);

/* Its number that no other will ever have; 0 where the kernel has none. */
uint64_t nsfs_ns_id(int fd);

/* The user namespace that owns it, by its id; 0 with errno (EPERM: not to be seen by us). */
uint64_t nsfs_owner(int fd);

/* The one that a pid or user namespace is nested in; 0 with errno (EPERM: not to be seen). */
uint64_t nsfs_parent(int fd);

/* The same, open, close-on-exec; -1 with errno. */
int nsfs_open_parent(int fd);

/* The same, or a negative errno; `fd` is closed. */
int nsfs_move_to_parent(int fd);

/* The user who has made a user namespace; -1 with errno. */
int64_t nsfs_owner_uid(int fd);

/* The PID here of a process by its PID in an open PID namespace; -1 with errno (before 6.11). */
pid_t nsfs_pid_from(int fd, pid_t pid);

/* That of a file in the directory; 0 where it is none: inode numbers are no one's own. */
uint64_t nsfs_id_at(int directory, const char *name);

#endif
