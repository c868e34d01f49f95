/*
 * pty.c - a pseudo-terminal for a command, in the place of nsctl's own terminal
 */
#include "control/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "spawn/ptmx.h"
#include "util/ioctl.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

/* By ioctl_tty(2), not by its path: /dev/pts may be another instance's here. */
static int open_terminal(struct pty *pty)
{
    pty->terminal = ioctl(pty->controller, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return pty->terminal < 0 ? -1 : 0;
}

static int open_pair(struct pty *pty)
{
    int unlocked = 0;

    pty->controller = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (pty->controller < 0)
        return -1;
    if (ioctl_ask(pty->controller, TIOCSPTLCK, &unlocked) < 0)
        return -1;
    return open_terminal(pty);
}

int pty_open(struct pty *pty)
{
    *pty = (struct pty){.controller = -1, .terminal = -1};
    if (open_pair(pty) < 0 || tcgetattr(STDIN_FILENO, &pty->saved) < 0 ||
        tcsetattr(pty->terminal, TCSANOW, &pty->saved) < 0) {
        int error_number = errno;

        pty_close(pty);
        return -error_number;
    }
    pty_resize(pty);
    return 0;
}

void pty_close(struct pty *pty)
{
    if (pty->terminal >= 0)
        close(pty->terminal);
    if (pty->controller >= 0)
        close(pty->controller);
    pty->terminal = pty->controller = -1;
}

void pty_replace(struct pty *pty, int controller)
{
    pty_close(pty);
    pty->controller = controller;
    (void)open_terminal(pty);
    /* It may have changed since the other one had it. */
    pty_resize(pty);
}

void pty_resize(const struct pty *pty)
{
    struct winsize size;

    if (ioctl_ask(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
        (void)ioctl_ask(pty->controller, TIOCSWINSZ, &size);
}

void pty_enter_raw(struct pty *pty)
{
    struct termios raw = pty->saved;

    cfmakeraw(&raw);
    pty->is_raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

void pty_leave_raw(struct pty *pty)
{
    if (pty->is_raw)
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &pty->saved);
    pty->is_raw = false;
}
