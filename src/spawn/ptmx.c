/*
 * ptmx.c - a pseudo-terminal as it is made in other namespaces
 * Who goes there shares our memory (as in vfork(2)) and our files, so that what it opens is ours.
 */
#include "spawn/ptmx.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

enum { VISITOR_STACK_SIZE = 16 * 1024 };

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

    if (fd < 0 || ioctl(fd, TIOCSPTLCK, &unlocked) == 0)
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
    _Alignas(16) char stack[VISITOR_STACK_SIZE];
    struct visitor visitor = {.namespaces = namespaces, .fd = -1};
    int dumpable = prctl(PR_GET_DUMPABLE);
    pid_t pid = clone(visit, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD,
                      &visitor);

#ifdef __SANITIZE_ADDRESS__
    /* The visitor's functions never returned, so what they marked as out of bounds still is. */
    __asan_unpoison_memory_region(stack, sizeof stack);
#endif
    if (pid < 0)
        return -1;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    /* To enter a user namespace has made the memory undumpable, which is ours. */
    if (prctl(PR_GET_DUMPABLE) != dumpable)
        (void)prctl(PR_SET_DUMPABLE, dumpable);
    return visitor.fd;
}
