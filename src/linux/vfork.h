/*
 * vfork.h - a child that shares the memory of its parent, as in vfork(2), on its own stack
 */
#ifndef NSINIT_LINUX_VFORK_H
#define NSINIT_LINUX_VFORK_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Run the function in a child, and return when the child has ended or executed a program. `flags`
 * are added to the flags of clone(2). A child that changes its user, or enters a user namespace,
 * also changes whether the shared memory is dumpable (prctl(2), fs.suid_dumpable); `keeps_dumpable`
 * restores that. Returns the child's PID, or a negative errno.
 */
pid_t vfork_run(int (*function)(void *), void *argument, int flags, bool keeps_dumpable);

#endif
