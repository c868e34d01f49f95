/*
 * nsfd.c - namespaces that are open: of a process, or of nsinit itself
 */
#include "linux/nsfd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

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

static bool has_one_for_children(enum ns_type type)
{
    return type == NAMESPACE_PID || type == NAMESPACE_TIME;
}

/*
 * PIDFD_GET_..._NAMESPACE of <linux/pidfd.h>, Linux 6.11: numbers of ioctl group 0xFF. That of the
 * children is the next one to its own.
 */
static int ask_pidfd(pid_t pid, enum ns_type type, bool of_children)
{
    static const unsigned char numbers[NAMESPACE_COUNT] = {
        [NAMESPACE_CGROUP] = 1, [NAMESPACE_IPC] = 2,  [NAMESPACE_MNT] = 3,  [NAMESPACE_NET] = 4,
        [NAMESPACE_PID] = 5,    [NAMESPACE_TIME] = 7, [NAMESPACE_USER] = 9, [NAMESPACE_UTS] = 10};
    unsigned int number = numbers[type];
    int pidfd = sys_pidfd_open(pid, 0);
    int fd;

    if (pidfd < 0)
        return -errno;
    if (of_children && has_one_for_children(type))
        number++;
    /* The two libcs disagree on the type of a request. */
    fd = (int)syscall(SYS_ioctl, pidfd, (unsigned long)_IO(0xFF, number), 0UL);
    fd = fd < 0 ? -errno : fd;
    close(pidfd);
    return fd;
}

/* Before Linux 6.11. */
static int open_by_proc(pid_t pid, enum ns_type type, bool of_children)
{
    char path[64];
    int fd;

    if (!proc_is_ours())
        return -EOPNOTSUPP;
    strbuf_set(path, sizeof path, "/proc/%d/ns/%s%s", pid, ns_types[type].name,
               of_children && has_one_for_children(type) ? "_for_children" : "");
    fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int open_of(pid_t pid, enum ns_type type, bool of_children)
{
    int fd = ask_pidfd(pid, type, of_children);

    /* The kernel does not know the question, nor does qemu-user (ENOSYS); EOPNOTSUPP: nor such a
     * namespace. */
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

/* 0 or a negative errno. Without /proc the kernel is asked for the namespace itself. */
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

/* setns(2) to the own user namespace is EINVAL, to any other own one needless. */
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
