/*
 * exec_terminal.c - a terminal of the service's devpts for a command that nsctl executes in it
 */
#include "visit/exec_terminal.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "linux/pty.h"
#include "linux/ioctl.h"

/* Compare device numbers (devices.txt), as opening another device may have effects. */
static bool is_ptmx(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(5, 2);
}

static int open_controller(void)
{
    /* Not /dev/ptmx, which may be missing or of another devpts: devpts.txt. */
    static const char path[] = "/dev/pts/ptmx";
    int unlocked = 0;
    int fd = is_ptmx(path) ? open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;

    if (fd < 0 || ioctl_ask(fd, TIOCSPTLCK, &unlocked) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Each devpts has another device number. */
static bool is_of_other_devpts(int terminal, const struct stat *original)
{
    struct stat status;

    return fstat(terminal, &status) == 0 && status.st_dev != original->st_dev;
}

/* Redirections to files stay as they are. */
static void replace_in_stdio(int stdio[3], int terminal, const struct stat *original)
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
    if (own >= 0 && fstat(*terminal, &original) == 0 && is_of_other_devpts(own, &original) &&
        pty_copy_modes(*terminal, own) && pty_copy_size(*terminal, own)) {
        replace_in_stdio(stdio, own, &original);
        *terminal = own;
        return controller;
    }
    if (own >= 0)
        close(own);
    close(controller);
    return -1;
}
