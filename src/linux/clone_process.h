/*
 * clone_process.h - make a process as fork(2) does, with flags of clone(2)
 */
#ifndef NSINIT_LINUX_CLONE_PROCESS_H
#define NSINIT_LINUX_CLONE_PROCESS_H

#include <sys/types.h>

/*
 * Its pid, 0 in the process itself, or a negative errno. Its parent gets `exit_signal` at its end
 * (0: none). In its own PID namespace it gets the pid `wanted`, if that is not 0 and can be had.
 */
pid_t clone_process(unsigned int flags, int exit_signal, pid_t wanted);

#endif
