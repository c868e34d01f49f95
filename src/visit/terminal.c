/*
 * terminal.c - in a service's mount namespace: a terminal of the service's own devpts
 */
#include "visit/terminal.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "util/ioctl.h"

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

static bool copy_modes(int from, int to)
{
    struct termios modes;
    struct winsize size;

    if (tcgetattr(from, &modes) < 0 || tcsetattr(to, TCSANOW, &modes) < 0)
        return false;
    return ioctl_ask(from, TIOCGWINSZ, &size) < 0 || ioctl_ask(to, TIOCSWINSZ, &size) == 0;
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

int terminal_replace(int stdio[3])
{
    int controller = open_controller();
    struct stat original;
    int terminal;

    if (controller < 0)
        return -1;
    /* By ioctl_tty(2), not by its path. */
    terminal = ioctl(controller, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0 && fstat(stdio[0], &original) == 0 && is_elsewhere(terminal, &original) &&
        copy_modes(stdio[0], terminal)) {
        put_in_place(stdio, terminal, &original);
        return controller;
    }
    if (terminal >= 0)
        close(terminal);
    close(controller);
    return -1;
}
