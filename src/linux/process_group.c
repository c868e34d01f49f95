/*
 * process_group.c - a process group led by a child of nsinit, also after the leader's end
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
    /* Without a pidfd the number is used, as before Linux 6.9. */
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
 * Whether a process seen in the group is still a member: then the number has belonged to this group
 * all the time, and so have all present members.
 */
static bool has_known_member(struct process_group *group)
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

/*
 * Signal the group by its leader's pidfd, which never names another group. -ENOSYS before Linux
 * 6.9.
 */
static int signal_by_leader(const struct process_group *group, int signal_number)
{
    if (group->leader < 0)
        return -ENOSYS;
    if (sys_pidfd_send_signal(group->leader, signal_number, NULL, PIDFD_SIGNAL_PROCESS_GROUP) == 0)
        return 0;
    return errno == EINVAL ? -ENOSYS : -errno;
}

int process_group_signal(struct process_group *group, int signal_number)
{
    int result;

    if (group->number == 0)
        return -ESRCH;
    result = signal_by_leader(group, signal_number);
    if (result != -ENOSYS)
        return result;
    if (!group->has_leader && !has_known_member(group))
        return -ESRCH;
    return kill(-group->number, signal_number) < 0 ? -errno : 0;
}

void process_group_on_leader_end(struct process_group *group)
{
    int result;

    if (group->number == 0 || !group->has_leader)
        return;
    result = signal_by_leader(group, 0);
    /* Another group may have taken the number just now, which nothing would show. */
    if (result == -ENOSYS)
        result = (kill(-group->number, 0) < 0 && errno == ESRCH) ||
                         processes_in_group(group->number, &group->known) < 0
                     ? -ESRCH
                     : 0;
    group->has_leader = false;
    if (result == -ESRCH)
        process_group_end(group);
}
