/*
 * nsfd.c - open namespaces: of a process, or nsinit's own
 */
#include "linux/nsfd.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/ioctl.h"
#include "linux/proc.h"
#include "linux/syscalls.h"
#include "util/strbuf.h"

struct nsfds nsfds_none(void)
{
    struct nsfds none;

    for (int type = 0; type < NAMESPACE_COUNT; type++)
        none.fds[type] = -1;
    return none;
}

static unsigned int pidfd_request(enum ns_type type, bool of_children)
{
    static const unsigned int requests[NAMESPACE_COUNT] = {
        [NAMESPACE_CGROUP] = PIDFD_GET_CGROUP_NAMESPACE,
        [NAMESPACE_IPC] = PIDFD_GET_IPC_NAMESPACE,
        [NAMESPACE_MNT] = PIDFD_GET_MNT_NAMESPACE,
        [NAMESPACE_NET] = PIDFD_GET_NET_NAMESPACE,
        [NAMESPACE_PID] = PIDFD_GET_PID_NAMESPACE,
        [NAMESPACE_TIME] = PIDFD_GET_TIME_NAMESPACE,
        [NAMESPACE_USER] = PIDFD_GET_USER_NAMESPACE,
        [NAMESPACE_UTS] = PIDFD_GET_UTS_NAMESPACE,
    };

    if (of_children && type == NAMESPACE_PID)
        return PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE;
    if (of_children && type == NAMESPACE_TIME)
        return PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE;
    return requests[type];
}

/* Since Linux 6.11, without /proc. */
static int open_by_pidfd(pid_t pid, enum ns_type type, bool of_children)
{
    int pidfd = sys_pidfd_open(pid, 0);
    int fd;

    if (pidfd < 0)
        return -errno;
    fd = ioctl_ask(pidfd, pidfd_request(type, of_children), NULL);
    fd = fd < 0 ? -errno : fd;
    close(pidfd);
    return fd;
}

/* Before Linux 6.11. */
static int open_by_proc(pid_t pid, enum ns_type type, bool of_children)
{
    char name[32];
    bool is_other = of_children && (type == NAMESPACE_PID || type == NAMESPACE_TIME);

    if (!proc_is_ours())
        return -EOPNOTSUPP;
    strbuf_set(name, sizeof name, "ns/%s%s", ns_types[type].name, is_other ? "_for_children" : "");
    return proc_open(pid, name);
}

static int open_of(pid_t pid, enum ns_type type, bool of_children)
{
    int fd = open_by_pidfd(pid, type, of_children);

    /* An older kernel, or qemu-user, does not implement the request (ENOSYS). */
    if (fd == -ENOTTY || fd == -EINVAL || fd == -ENOSYS)
        return open_by_proc(pid, type, of_children);
    return fd == -EOPNOTSUPP ? -ENOENT : fd;
}

int nsfd_open_of(pid_t pid, enum ns_type type)
{
    return open_of(pid, type, true);
}

int nsfd_open_own(pid_t pid, enum ns_type type)
{
    return open_of(pid, type, false);
}

void nsfds_open_of(struct nsfds *open, pid_t pid, ns_set types)
{
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (ns_set_has(types, (enum ns_type)type))
            open->fds[type] = nsfd_open_of(pid, (enum ns_type)type);
}

/* Without /proc the namespace is opened. 0 or a negative errno. */
static int stat_own(enum ns_type type, struct stat *status)
{
    char path[64];
    int fd;
    int result;

    strbuf_set(path, sizeof path, "/proc/self/ns/%s", ns_types[type].name);
    if (stat(path, status) == 0)
        return 0;
    fd = nsfd_open_own(getpid(), type);
    if (fd < 0)
        return fd;
    result = fstat(fd, status);
    close(fd);
    return result;
}

bool nsfd_is_own(int fd, enum ns_type type)
{
    struct stat theirs;
    struct stat ours;

    return fstat(fd, &theirs) == 0 && stat_own(type, &ours) == 0 && theirs.st_dev == ours.st_dev &&
           theirs.st_ino == ours.st_ino;
}

void nsfds_close(struct nsfds *open)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (open->fds[type] >= 0) {
            close(open->fds[type]);
            open->fds[type] = -1;
        }
}
