/*
 * process_group.h - a process group of a child of nsinit, also after the end of its leader
 * A group's number is free for others as soon as its last member has been waited for. So it is used
 * only while it is known whose it is.
 */
#ifndef NSINIT_LINUX_PROCESS_GROUP_H
#define NSINIT_LINUX_PROCESS_GROUP_H

#include <stdbool.h>
#include <sys/types.h>

#include "linux/process_list.h"

struct process_group {
    pid_t number;              /* 0: none, or nobody is left of it */
    int leader;                /* a pidfd, or -1 */
    bool has_leader;           /* which has not been waited for */
    struct process_list known; /* its members as they were last seen, before Linux 6.9 */
};

/* All of it is to be filled in, once, before anything else. */
#define PROCESS_GROUP_NONE ((struct process_group){.leader = -1})

/* The group `number`, whose leader is a child that has not been waited for. */
void process_group_begin(struct process_group *group, pid_t number);

/* Its leader has just been waited for. */
void process_group_on_leader_end(struct process_group *group);

/* Signal all of the group; 0 only asks whether there are any. 0 or a negative errno: -ESRCH when
 * nobody is left of it. */
int process_group_signal(struct process_group *group, int signal_number);

void process_group_end(struct process_group *group);

#endif
