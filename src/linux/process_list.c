/*
 * process_list.c - lists of processes from /proc: descendants, groups, and signals to them
 */
#include "linux/process_list.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/syscalls.h"
#include "linux/proc.h"

/* The most ancestors to follow, and the most attempts if they change meanwhile. */
enum { ANCESTORS_MAX = 32, WALKS_MAX = 3 };

static bool read_process(pid_t pid, struct process *process)
{
    process->pid = pid;
    return proc_read_stat(pid, &process->stat) == 0;
}

/* Signals do not reach kernel threads, nor zombies, unless only their main thread has ended. */
static bool takes_signals(const struct proc_stat *stat)
{
    bool has_ended = stat->state == 'Z' || stat->state == 'X';

    return !stat->is_kernel_thread && !(has_ended && stat->num_threads <= 1);
}

static int add_process(struct process_list *list, const struct process *process)
{
    struct process *larger = realloc(list->processes, (list->count + 1) * sizeof *larger);

    if (larger == NULL)
        return -ENOMEM;
    list->processes = larger;
    list->processes[list->count++] = *process;
    return 0;
}

/*
 * Read the members of the group, or all processes for 0. The kernel lists /proc by ascending PIDs
 * (proc_pid_readdir), which find relies on.
 */
static int read_all(pid_t group, struct process_list *list)
{
    DIR *proc = proc_is_ours() ? opendir("/proc") : NULL;
    struct process process;
    int result = 0;
    pid_t pid;

    *list = (struct process_list){0};
    if (proc == NULL)
        return -ENOENT;
    while (result == 0 && (pid = proc_next_pid(proc)) != 0)
        if (read_process(pid, &process) && takes_signals(&process.stat) &&
            (group == 0 || process.stat.pgrp == group))
            result = add_process(list, &process);
    closedir(proc);
    if (result == 0 && list->count == 0)
        result = -ENOENT;
    if (result < 0)
        processes_free(list);
    return result;
}

int processes_read(struct process_list *list)
{
    return read_all(0, list);
}

int processes_in_group(pid_t group, struct process_list *list)
{
    return read_all(group, list);
}

void processes_free(struct process_list *list)
{
    free(list->processes);
    *list = (struct process_list){0};
}

static int by_pid(const void *one, const void *other)
{
    const struct process *a = one;
    const struct process *b = other;

    return (a->pid > b->pid) - (a->pid < b->pid);
}

static const struct process *find(const struct process_list *list, pid_t pid)
{
    const struct process wanted = {.pid = pid};

    return list->count == 0 ? NULL
                            : bsearch(&wanted, list->processes, list->count, sizeof wanted, by_pid);
}

static bool is_same(const struct process *one, const struct process *other)
{
    return one->pid == other->pid && one->stat.starttime == other->stat.starttime;
}

bool processes_has(const struct process_list *list, const struct process *process)
{
    const struct process *found = find(list, process->pid);

    return found != NULL && is_same(found, process);
}

/* Use the pidfd, or the pid where seccomp permits no pidfd. */
static int send_to(int fd, pid_t pid, int signal_number, const siginfo_t *info)
{
    long result;

    if (fd >= 0)
        result = sys_pidfd_send_signal(fd, signal_number, info, 0);
    else
        result = info != NULL ? syscall(SYS_rt_sigqueueinfo, pid, signal_number, info)
                              : kill(pid, signal_number);
    return result < 0 ? -errno : 0;
}

int process_signal(const struct process *seen, int signal_number, const siginfo_t *info)
{
    int fd = sys_pidfd_open(seen->pid, 0);
    struct process now;
    int result = -ESRCH;

    if (fd < 0 && errno == ESRCH)
        return -ESRCH;
    /*
     * Read the process after opening the pidfd: then the pidfd is this process's, or reaches none.
     */
    if (read_process(seen->pid, &now) && is_same(&now, seen))
        result = send_to(fd, seen->pid, signal_number, info);
    if (fd >= 0)
        close(fd);
    return result;
}

int pid_list_add(struct pid_list *list, pid_t pid)
{
    pid_t *larger = realloc(list->pids, (list->count + 1) * sizeof *larger);

    if (larger == NULL)
        return -ENOMEM;
    list->pids = larger;
    list->pids[list->count++] = pid;
    return 0;
}

bool pid_list_has(const struct pid_list *list, pid_t pid)
{
    for (size_t i = 0; list != NULL && i < list->count; i++)
        if (list->pids[i] == pid)
            return true;
    return false;
}

void pid_list_remove(struct pid_list *list, pid_t pid)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->pids[i] == pid)
            list->pids[i--] = list->pids[--list->count];
}

static bool descends_from(const struct process_list *list, const struct process *process,
                          pid_t ancestor, const struct pid_list *except)
{
    /* The list is not a snapshot: a reused PID can close a circle, which the counter ends. */
    for (size_t steps = 0; process != NULL && steps < list->count; steps++) {
        if (pid_list_has(except, process->pid))
            return false;
        if (process->stat.ppid == ancestor)
            return true;
        process = find(list, process->stat.ppid);
    }
    return false;
}

int processes_below(pid_t ancestor, const struct pid_list *except, struct process_list *list)
{
    struct process_list all;
    int result = processes_read(&all);

    *list = (struct process_list){0};
    for (size_t i = 0; i < all.count && result == 0; i++)
        if (descends_from(&all, &all.processes[i], ancestor, except))
            result = add_process(list, &all.processes[i]);
    processes_free(&all);
    if (result < 0)
        processes_free(list);
    return result;
}

int processes_others(struct process_list *list)
{
    int result = processes_read(list);
    size_t count = 0;

    for (size_t i = 0; result == 0 && i < list->count; i++)
        if (list->processes[i].pid != getpid())
            list->processes[count++] = list->processes[i];
    list->count = count;
    return result;
}

struct tally processes_signal(const struct process_list *list, int signal_number)
{
    struct tally tally = {0};

    for (size_t i = 0; i < list->count; i++) {
        int result = process_signal(&list->processes[i], signal_number, NULL);

        if (result == 0)
            tally.reached++;
        else if (result == -EPERM && tally.refused++ == 0)
            tally.first_refused = list->processes[i].pid;
    }
    return tally;
}

bool processes_any_foreign(void)
{
    struct process_list list;
    bool found = false;

    if (processes_read(&list) < 0)
        return false;
    for (size_t i = 0; i < list.count && !found; i++)
        found = list.processes[i].pid != 1 && !descends_from(&list, &list.processes[i], 1, NULL);
    processes_free(&list);
    return found;
}

int processes_children_of(pid_t parent, struct pid_list *children)
{
    struct process_list list;
    int result = processes_read(&list);

    for (size_t i = 0; i < list.count && result == 0; i++)
        if (list.processes[i].stat.ppid == parent)
            result = pid_list_add(children, list.processes[i].pid);
    processes_free(&list);
    return result;
}

/*
 * Read the parent of a process read before. The parent's PID may have been reused by then, unless
 * the child still has that parent afterwards.
 */
static int read_parent(const struct process *child, struct process *parent)
{
    struct process again;

    if (!read_process(child->stat.ppid, parent) || !read_process(child->pid, &again) ||
        again.stat.starttime != child->stat.starttime || again.stat.ppid != child->stat.ppid)
        return -EAGAIN;
    return 0;
}

static pid_t walk_up(pid_t pid, pid_t ancestor)
{
    struct process process;
    struct process parent;

    if (!read_process(pid, &process))
        return -ESRCH;
    for (int steps = 0; steps < ANCESTORS_MAX; steps++) {
        if (process.stat.ppid == ancestor)
            return process.pid;
        /* 0: the parent is outside of this PID namespace. */
        if (process.stat.ppid == 0)
            return 0;
        if (read_parent(&process, &parent) < 0)
            return -EAGAIN;
        process = parent;
    }
    return -ELOOP;
}

pid_t processes_child_above(pid_t pid, pid_t ancestor)
{
    pid_t child = -EAGAIN;

    if (!proc_is_ours())
        return -ENOENT;
    for (int walks = 0; walks < WALKS_MAX && child == -EAGAIN; walks++)
        child = walk_up(pid, ancestor);
    return child;
}

bool processes_descends_from(pid_t pid, pid_t ancestor)
{
    return processes_child_above(pid, ancestor) > 0;
}
