/*
 * process_group.c - a process group of a child of nsinit, also after the end of its leader
 */
#include "linux/process_group.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "linux/syscalls.h"

void process_group_begin(struct process_group *group, pid_t number)
{
    process_group_end(group);
    group->number = number;
    group->has_leader = true;
    /* Without one the number is used as before Linux 6.9. */
    group->leader = sys_pidfd_open(number, 0);
}

void process_group_end(struct process_group *group)
{
    if (group->leader >= 0)
        close(group->leader);
    processes_free(&group->known);
    *group = PROCESS_GROUP_NONE;
}

/*
 * Whether one of those who were known to be in it still is: then the number has been the group's
 * all the time, and so are all who are in it now.
 */
static bool goes_on(struct process_group *group)
{
    struct process_list members;
    bool is_known = false;

    if (processes_in_group(group->number, &members) < 0)
        return false;
    for (size_t i = 0; i < members.count && !is_known; i++)
        is_known = processes_has(&group->known, &members.processes[i]);
    if (!is_known) {
        processes_free(&members);
        return false;
    }
    processes_free(&group->known);
    group->known = members;
    return true;
}

/* By the leader's pidfd, which is never another one's. 1 where the kernel can't, Linux 6.9. */
static int signal_by_leader(const struct process_group *group, int signal_number)
{
    if (group->leader < 0)
        return 1;
    if (sys_pidfd_send_signal(group->leader, signal_number, NULL, PIDFD_SIGNAL_PROCESS_GROUP) == 0)
        return 0;
    return errno == EINVAL || errno == ENOSYS ? 1 : -errno;
}

int process_group_signal(struct process_group *group, int signal_number)
{
    int result;

    if (group->number == 0)
        return -ESRCH;
    result = signal_by_leader(group, signal_number);
    if (result <= 0)
        return result;
    if (!group->has_leader && !goes_on(group))
        return -ESRCH;
    return kill(-group->number, signal_number) < 0 ? -errno : 0;
}

void process_group_on_leader_end(struct process_group *group)
{
    int result;

    if (group->number == 0 || !group->has_leader)
        return;
    result = signal_by_leader(group, 0);
    /* Nobody is seen to have taken the number in this moment. */
    if (result > 0)
        result = (kill(-group->number, 0) < 0 && errno == ESRCH) ||
                         processes_in_group(group->number, &group->known) < 0
                     ? -ESRCH
                     : 0;
    group->has_leader = false;
    if (result == -ESRCH)
        process_group_end(group);
}
