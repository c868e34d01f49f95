/*
 * process_list.h - other processes as /proc shows them: by parent and by process group
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
 * Sorted by pid; without zombies and the kernel's threads, which no signal reaches. A process whose
 * main thread alone has ended is no zombie.
 */
struct process_list {
    struct process *processes;
    size_t count;
};

/*
 * Read all processes that /proc shows. 0, to be freed by processes_free, or a negative errno
 * (-ENOENT: no /proc of our PID namespace here).
 */
int processes_read(struct process_list *list);
void processes_free(struct process_list *list);

/* The same with the members of a process group alone: -ENOENT where there are none. */
int processes_in_group(pid_t group, struct process_list *list);

/* Whether the list has this one, and none that had its pid before or after. */
bool processes_has(const struct process_list *list, const struct process *process);

/*
 * Send a signal, with what comes with it (NULL: nothing), to the one that was seen, if it is still
 * there. 0 or a negative errno.
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
 * The descendants of `ancestor`, but for those in `except` (may be NULL) and their descendants; and
 * all but the caller. There may be none. 0, or a negative errno as of processes_read.
 */
int processes_below(pid_t ancestor, const struct pid_list *except, struct process_list *list);
int processes_others(struct process_list *list);

/* What has become of a signal to many. */
struct tally {
    int reached;
    int refused; /* EPERM: they run as a user whose processes nsinit may not signal */
    pid_t first_refused;
};

/* Send a signal to each of the list; 0 only counts. */
struct tally processes_signal(const struct process_list *list, int signal_number);

/*
 * Whether there are processes here that do not descend from process 1: those that came into its
 * PID namespace from outside, as by docker exec. False where /proc does not tell.
 */
bool processes_any_foreign(void);

/* The children of `parent`, zombies left out. 0 or a negative errno. */
int processes_children_of(pid_t parent, struct pid_list *children);

/*
 * Which child of `ancestor` a process (a zombie, too) descends from, or is: its pid, or 0 when it
 * does not descend from `ancestor`. Negative where that can't be told: -ENOENT without /proc,
 * -ESRCH when the process has ended, -ELOOP when it is too far down, -EAGAIN when parents end too
 * fast. It reads a bounded number of files.
 */
pid_t processes_child_above(pid_t pid, pid_t ancestor);

/* Whether a process (a zombie, too) descends from another one. */
bool processes_descends_from(pid_t pid, pid_t ancestor);

#endif
