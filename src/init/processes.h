/*
 * processes.h - other processes as /proc shows them: by parent and by process group
 */
#ifndef NSINIT_INIT_PROCESSES_H
#define NSINIT_INIT_PROCESSES_H

#include <stddef.h>
#include <sys/types.h>

struct process {
    pid_t pid;
    pid_t parent;
    pid_t group;
};

/* Sorted by pid; without zombies, which no signal reaches. */
struct process_list {
    struct process *processes;
    size_t count;
};

/*
 * Read all processes that /proc shows. 0, to be freed by processes_free, or a negative errno
 * (-ENOENT: no /proc here).
 */
int processes_read(struct process_list *list);
void processes_free(struct process_list *list);

/* Send a signal to each descendant of `ancestor`: how many there were, or a negative errno. */
int processes_signal_descendants(pid_t ancestor, int signal_number);

/* A process of the group that still lives: its pid, or 0. */
pid_t processes_member_of(pid_t group);

#endif
