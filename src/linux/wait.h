/*
 * wait.h - children that have ended: waitpid(2), waitid(2)
 */
#ifndef NSINIT_LINUX_WAIT_H
#define NSINIT_LINUX_WAIT_H

#include <stdbool.h>
#include <sys/wait.h>

/*
 * Wait until a child has ended, whatever signals arrive. Returns the status that waitpid(2) stores,
 * or -1 with errno. `options` are waitpid's: __WALL for a child that sends no SIGCHLD.
 */
int wait_for_child(pid_t pid, int options);

/*
 * Whether this process has this child, running or not yet waited for: P_PID with its PID, P_PIDFD
 * with its pidfd, P_ALL with 0 for any child.
 */
bool wait_has_child(idtype_t type, id_t id);

/*
 * Kill the child, if it still is one, and reap it. A process that traces it can keep it from ending
 * or from being reaped; it is left to whoever reaps unknown children then.
 */
void wait_kill_child(pid_t pid);

#endif
