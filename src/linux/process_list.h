/*
 * process_list.h - lists of processes from /proc: descendants, groups, and signals to them
 */
#ifndef NSINIT_LINUX_PROCESS_LIST_H
#define NSINIT_LINUX_PROCESS_LIST_H

#include <stdbool.h>
#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

#include "linux/proc.h"

struct process {
    pid_t pid;
    struct proc_stat stat; /* pid and starttime together name the process for good */
};

/*
 * Sorted by pid. Zombies and the kernel's threads are left out, as no signal reaches them. A
 * process of which only the main thread has ended is not a zombie.
 */
struct process_list {
    struct process *processes;
    size_t count;
};

/*
 * Read all processes. 0, then free them by processes_free; or a negative errno (-ENOENT: there is
 * no /proc of this PID namespace).
 */
int processes_read(struct process_list *list);
void processes_free(struct process_list *list);

/* Read the members of a process group, as above; -ENOENT also if there are none. */
int processes_in_group(pid_t group, struct process_list *list);

/* Whether the list has this process, rather than an earlier or later one with the same PID. */
bool processes_has(const struct process_list *list, const struct process *process);

/*
 * Signal a process that was read before, with `info` (NULL: none), unless it has ended since. 0 or
 * a negative errno.
 */
int process_signal(const struct process *seen, int signal_number, const siginfo_t *info);

/* An owned list of pids. */
struct pid_list {
    pid_t *pids;
    size_t count;
};

int pid_list_add(struct pid_list *list, pid_t pid); /* 0 or -ENOMEM */
void pid_list_remove(struct pid_list *list, pid_t pid);
bool pid_list_has(const struct pid_list *list, pid_t pid); /* of NULL: false */

/*
 * Read the descendants of `ancestor`, except those in `except` (may be NULL) and their descendants.
 * The list may be empty. 0, or a negative errno as from processes_read.
 */
int processes_below(pid_t ancestor, const struct pid_list *except, struct process_list *list);

/* Read all processes but the calling one, as above. */
int processes_others(struct process_list *list);

/* How many processes a signal reached. */
struct tally {
    int reached;
    int refused; /* EPERM: nsinit may not signal processes of that user */
    pid_t first_refused;
};

/* Signal each process of the list; 0 only counts them. */
struct tally processes_signal(const struct process_list *list, int signal_number);

/*
 * Whether a process of this PID namespace does not descend from process 1: it entered from outside,
 * as with docker exec. False without /proc.
 */
bool processes_any_foreign(void);

/* Add the children of `parent` that are not zombies to a list. 0 or a negative errno. */
int processes_children_of(pid_t parent, struct pid_list *children);

/*
 * Find the child of `ancestor` that a process (or zombie) is or descends from. Returns the child's
 * PID; 0 if the process does not descend from `ancestor`; or a negative errno: -ENOENT without
 * /proc, -ESRCH if the process has ended, -ELOOP if it is too far down, -EAGAIN if its ancestors
 * end faster than nsinit reads them. The number of files read is bounded.
 */
pid_t processes_child_above(pid_t pid, pid_t ancestor);

/* Whether a process (or zombie) descends from another; false if that is unknown. */
bool processes_descends_from(pid_t pid, pid_t ancestor);

#endif
