/*
 * proc.h - whether /proc speaks of the processes that we know
 */
#ifndef NSINIT_LINUX_PROC_H
#define NSINIT_LINUX_PROC_H

#include <stdbool.h>

/*
 * One that was mounted for another PID namespace shows other numbers than getpid(2) and kill(2)
 * have, and under ours other processes.
 */
bool proc_is_ours(void);

#endif
