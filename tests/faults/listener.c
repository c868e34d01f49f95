/*
 * listener.c - the system calls of a run, each answered: seccomp_unotify(2)
 */
#include "faults/faults.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Newer than some headers: a notified call that has been received is not restarted by a signal. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static int install(const struct sock_filter *filter, unsigned short length)
{
    const struct sock_fprog program = {.len = length, .filter = (struct sock_filter *)filter};
    unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                      flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);

    if (fd < 0 && errno == EINVAL)
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    return (int)fd;
}

/*
 * The listener is a descriptor of the child's, which may make no call that is notified of before
 * the parent has it: it tells its number by memory, and yields until that is answered.
 */
void listener_install(const struct fault *fault, volatile int *shared)
{
    const struct sock_filter of_one[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)calls[fault->call].number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_filter of_all[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_yield, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
    };
    int fd = install(fault->ordinal > 0 ? of_one : of_all, 4);

    *shared = fd >= 0 ? fd : -errno;
    while (*shared != 0)
        (void)sched_yield();
}

int listener_take(struct listener *listener, pid_t child, volatile int *shared)
{
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0);

    while (*shared == 0)
        (void)sched_yield();
    listener->fd = -1;
    if (*shared > 0)
        listener->fd = (int)syscall(SYS_pidfd_getfd, pidfd, *shared, 0);
    else
        errno = -*shared;
    close(pidfd);
    *shared = 0;
    return listener->fd >= 0 ? 0 : -1;
}

/* Whether that code is the dynamic loader's: what fails there is no matter of nsinit's. */
static bool is_loader(pid_t pid, uint64_t address)
{
    char path[64];
    char line[512];
    bool found = false;
    FILE *maps;

    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    maps = fopen(path, "re");
    if (maps == NULL)
        return true;
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        char *end;
        uint64_t first = strtoull(line, &end, 16);
        uint64_t last = *end == '-' ? strtoull(end + 1, NULL, 16) : 0;

        found = address >= first && address < last;
    }
    fclose(maps);
    return !found || strstr(line, "/ld-") != NULL;
}

static bool is_ours(const struct listener *listener, const struct seccomp_notif *notice)
{
    char path[64];
    struct stat status;

    snprintf(path, sizeof path, "/proc/%d/exe", (int)notice->pid);
    return stat(path, &status) == 0 && status.st_dev == listener->device &&
           status.st_ino == listener->inode &&
           !is_loader((pid_t)notice->pid, notice->data.instruction_pointer);
}

static void describe(const struct listener *listener, const struct call *call,
                     const struct seccomp_notif *notice)
{
    char *where = listener->outcome->where;
    size_t size = sizeof listener->outcome->where;
    char path[200] = "";
    char name[64];
    char command[32] = "";
    FILE *file;

    if (call->path > 0) {
        struct iovec from = {(void *)(uintptr_t)notice->data.args[call->path - 1], sizeof path - 1};
        struct iovec to = {path, sizeof path - 1};

        /* At a page's end there may be less. */
        for (; from.iov_len > 0 && process_vm_readv((pid_t)notice->pid, &to, 1, &from, 1, 0) < 0;)
            from.iov_len /= 2;
    }
    snprintf(name, sizeof name, "/proc/%d/comm", (int)notice->pid);
    file = fopen(name, "re");
    if (file != NULL) {
        if (fgets(command, sizeof command, file) != NULL)
            command[strcspn(command, "\n")] = '\0';
        fclose(file);
    }
    snprintf(where, size, "%s[%d] %s(%#llx, %#llx, %#llx, %#llx)%s%s%s", command, (int)notice->pid,
             call->name, (unsigned long long)notice->data.args[0],
             (unsigned long long)notice->data.args[1], (unsigned long long)notice->data.args[2],
             (unsigned long long)notice->data.args[3], path[0] != '\0' ? " \"" : "", path,
             path[0] != '\0' ? "\"" : "");
}

/* The error for this call, or 0: it goes on. */
static int error_for(struct listener *listener, const struct seccomp_notif *notice)
{
    int place = call_by_number(notice->data.nr);

    if (place < 0) {
        add_text(listener->outcome, "system call %d has no row in tests/faults/calls.c\n",
                 notice->data.nr);
        return 0;
    }
    if (!call_can_fail(&calls[place], notice))
        return 0;
    if (listener->fault.ordinal == 0) {
        listener->outcome->counts[place]++;
        return 0;
    }
    if (++listener->seen != listener->fault.ordinal)
        return 0;
    listener->has_failed = true;
    describe(listener, &calls[place], notice);
    return listener->fault.error_number;
}

void listener_answer(struct listener *listener)
{
    struct seccomp_notif notice;
    struct seccomp_notif_resp response;
    int error_number;

    memset(&notice, 0, sizeof notice);
    /* It is gone where its process has been killed meanwhile. */
    if (ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_RECV, &notice) < 0)
        return;
    error_number = is_ours(listener, &notice) ? error_for(listener, &notice) : 0;
    response = (struct seccomp_notif_resp){
        .id = notice.id,
        .error = -error_number,
        .flags = error_number == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0,
    };
    (void)ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_SEND, &response);
}
