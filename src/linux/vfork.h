/*
 * vfork.h - a child that shares our memory, as in vfork(2), on a stack of its own
 */
#ifndef NSINIT_LINUX_VFORK_H
#define NSINIT_LINUX_VFORK_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Run the function in it, and go on when it has ended or executed a program. `flags` are further
 * ones for clone(2). A child that becomes another user, or enters a user namespace, makes the
 * memory undumpable, which is ours, or by fs.suid_dumpable dumpable (prctl(2)): `keeps_dumpable`
 * undoes that. Its pid, or a negative
 * errno.
 */
pid_t vfork_run(int (*function)(void *), void *argument, int flags, bool keeps_dumpable);

#endif
