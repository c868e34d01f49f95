/*
 * exec_terminal.c - in a service's mount namespace: a terminal of the service's own devpts
 */
#include "visit/exec_terminal.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "linux/pty.h"
#include "linux/ioctl.h"

/* By its number (devices.txt): another device is not even to be opened. */
static bool is_ptmx(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(5, 2);
}

static int open_controller(void)
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

/* Each devpts is a device of its own. */
static bool is_elsewhere(int terminal, const struct stat *original)
{
    struct stat status;

    return fstat(terminal, &status) == 0 && status.st_dev != original->st_dev;
}

/* What is a file stays one. */
static void put_in_place(int stdio[3], int terminal, const struct stat *original)
{
    struct stat status;

    for (int i = 0; i < 3; i++)
        if (fstat(stdio[i], &status) == 0 && status.st_dev == original->st_dev &&
            status.st_ino == original->st_ino)
            stdio[i] = terminal;
}

int exec_terminal_replace(int stdio[3], int *terminal)
{
    int controller = open_controller();
    struct stat original;
    int own;

    if (controller < 0)
        return -1;
    own = pty_open_terminal(controller);
    if (own >= 0 && fstat(*terminal, &original) == 0 && is_elsewhere(own, &original) &&
        pty_copy_modes(*terminal, own) && pty_copy_size(*terminal, own)) {
        put_in_place(stdio, own, &original);
        *terminal = own;
        return controller;
    }
    if (own >= 0)
        close(own);
    close(controller);
    return -1;
}
