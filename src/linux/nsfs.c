/*
 * nsfs.c - ids and relations of open namespaces: ioctl_nsfs(2)
 */
#include "linux/nsfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/ioctl.h"

/* Linux 6.11 and 6.18. */
#ifndef NS_GET_PID_FROM_PIDNS
#define NS_GET_PID_FROM_PIDNS _IOR(NSIO, 0x6, int)
#endif
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 0xd, uint64_t)
#endif

uint64_t nsfs_id(int fd)
{
    struct stat status;

    return fstat(fd, &status) < 0 ? 0 : status.st_ino;
}

uint64_t nsfs_ns_id(int fd)
{
    uint64_t id = 0;

    return ioctl_ask(fd, NS_GET_ID, &id) < 0 ? 0 : id;
}

static uint64_t id_of_other(int other)
{
    uint64_t id;

    if (other < 0)
        return 0;
    id = nsfs_id(other);
    close(other);
    return id;
}

uint64_t nsfs_owner(int fd)
{
    return id_of_other(ioctl_ask(fd, NS_GET_USERNS, NULL));
}

int nsfs_open_parent(int fd)
{
    return ioctl_ask(fd, NS_GET_PARENT, NULL);
}

uint64_t nsfs_parent(int fd)
{
    return id_of_other(nsfs_open_parent(fd));
}

int64_t nsfs_owner_uid(int fd)
{
    uid_t uid = 0;

    return ioctl_ask(fd, NS_GET_OWNER_UID, &uid) < 0 ? -1 : (int64_t)uid;
}

pid_t nsfs_pid_from(int fd, pid_t pid)
{
    /* The argument is the number itself, not a pointer to it. */
    return (pid_t)syscall(SYS_ioctl, fd, NS_GET_PID_FROM_PIDNS, (unsigned long)pid);
}

int nsfs_move_to_parent(int fd)
{
    int parent = nsfs_open_parent(fd);
    int error = parent < 0 ? -errno : 0;

    close(fd);
    return error < 0 ? error : parent;
}

uint64_t nsfs_id_at(int directory, const char *name)
{
    int fd = openat(directory, name, O_PATH | O_CLOEXEC);
    struct statfs status;
    uint64_t id = 0;

    if (fd < 0)
        return 0;
    if (fstatfs(fd, &status) == 0 && status.f_type == NSFS_MAGIC)
        id = nsfs_id(fd);
    close(fd);
    return id;
}
