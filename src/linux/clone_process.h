/*
 * clone_process.h - fork(2) with flags of clone(2), and a chosen PID
 */
#ifndef NSINIT_LINUX_CLONE_PROCESS_H
#define NSINIT_LINUX_CLONE_PROCESS_H

#include <sys/types.h>

/*
 * Create a child whose end sends `exit_signal` (0: none) to its parent. The child gets the PID
 * `wanted` in its PID namespace, if `wanted` is not 0 and the PID is free. Returns the PID, 0 in
 * the child, or a negative errno.
 */
pid_t clone_process(unsigned int flags, int exit_signal, pid_t wanted);

/*
 * fork(2), without the locks that fork(3) takes for other threads, which nsinit has none of. -1
 * with errno set if it fails.
 */
pid_t process_fork(void);

#endif
