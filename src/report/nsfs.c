/*
 * nsfs.c - what an open namespace tells of itself: ioctl_nsfs(2)
 */
#include "report/nsfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of <linux/nsfs.h>, which is older here than what the kernel may know. */
#define GET_USERNS 0xb701U
#define GET_PARENT 0xb702U
#define GET_OWNER_UID 0xb704U
#define GET_PID_FROM 0x8004b706U
#define GET_ID 0x8008b70dU

#define NSFS_MAGIC 0x6e736673

/* The C libraries do not agree on the request's type. */
static int ask(int fd, unsigned int request, void *answer)
{
#ifdef __GLIBC__
    return ioctl(fd, (unsigned long)request, answer);
#else
    return ioctl(fd, (int)request, answer);
#endif
}

uint64_t nsfs_id(int fd)
{
    struct stat status;

    return fstat(fd, &status) < 0 ? 0 : status.st_ino;
}

uint64_t nsfs_ns_id(int fd)
{
    uint64_t id = 0;

    return ask(fd, GET_ID, &id) < 0 ? 0 : id;
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
    return id_of_other(ask(fd, GET_USERNS, NULL));
}

int nsfs_open_parent(int fd)
{
    return ask(fd, GET_PARENT, NULL);
}

uint64_t nsfs_parent(int fd)
{
    return id_of_other(nsfs_open_parent(fd));
}

long nsfs_owner_uid(int fd)
{
    uid_t uid = 0;

    return ask(fd, GET_OWNER_UID, &uid) < 0 ? -1 : (long)uid;
}

pid_t nsfs_pid_from(int fd, pid_t pid)
{
    /* The number itself is the argument. */
    return (pid_t)syscall(SYS_ioctl, fd, (unsigned long)GET_PID_FROM, (unsigned long)pid);
}

bool nsfs_is_of(int directory, const char *name)
{
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
    struct statfs status;
    bool is_one = fd >= 0 && fstatfs(fd, &status) == 0 && status.f_type == NSFS_MAGIC;

    if (fd >= 0)
        close(fd);
    return is_one;
}
