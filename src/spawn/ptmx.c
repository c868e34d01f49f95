/*
 * ptmx.c - a pseudo-terminal as it is made in other namespaces
 * Who goes there shares our memory (as in vfork(2)) and our files, so that what it opens is ours.
 */
#include "spawn/ptmx.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "spawn/command.h"
#include "spawn/vfork.h"
#include "util/ioctl.h"

struct visitor {
    const struct open_namespaces *namespaces;
    struct error error; /* nobody is told of it */
    int fd;
};

/* By its number (devices.txt): another device is not even to be opened. */
static bool is_ptmx(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(5, 2);
}

static int open_ptmx(void)
{
    /* Not /dev/ptmx, which need not be there, nor be of what is at /dev/pts: devpts.txt. */
    static const char path[] = "/dev/pts/ptmx";
    int unlocked = 0;
    int fd = is_ptmx(path) ? open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;

    if (fd < 0 || ioctl_ask(fd, TIOCSPTLCK, &unlocked) == 0)
        return fd;
    close(fd);
    return -1;
}

static int visit(void *argument)
{
    struct visitor *visitor = argument;

    if (namespaces_join(visitor->namespaces, &visitor->error) == 0)
        visitor->fd = open_ptmx();
    _exit(0);
}

int ptmx_open_in(const struct open_namespaces *namespaces)
{
    struct visitor visitor = {.namespaces = namespaces, .fd = -1};
    pid_t pid = vfork_run(visit, &visitor, CLONE_FILES, true);

    if (pid < 0)
        return -1;
    (void)command_wait(pid);
    return visitor.fd;
}
