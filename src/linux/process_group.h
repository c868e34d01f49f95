/*
 * process_group.h - a process group led by a child of nsinit, also after the leader's end
 * The kernel may reuse a group's number once the last member has been waited for, so nsinit uses
 * the number only while it is known to belong to this group.
 */
#ifndef NSINIT_LINUX_PROCESS_GROUP_H
#define NSINIT_LINUX_PROCESS_GROUP_H

#include <stdbool.h>
#include <sys/types.h>

#include "linux/process_list.h"

struct process_group {
    pid_t number;              /* 0: no group, or no member is left */
    int leader;                /* its pidfd, or -1 */
    bool has_leader;           /* the leader has not been waited for */
    struct process_list known; /* the members when last seen; only before Linux 6.9 */
};

/* The initial value of every group. */
#define PROCESS_GROUP_NONE ((struct process_group){.leader = -1})

/* Follow the group `number`, which is led by a child that has not been waited for. */
void process_group_begin(struct process_group *group, pid_t number);

/* To be called when the leader has just been waited for. */
void process_group_on_leader_end(struct process_group *group);

/*
 * Signal all members; 0 only checks that there are any. Returns 0, or a negative errno: -ESRCH if
 * there are none.
 */
int process_group_signal(struct process_group *group, int signal_number);

/* Forget the group. */
void process_group_end(struct process_group *group);

#endif
