/*
 * pty.c - a pseudo-terminal for a command, in the place of nsctl's own terminal
 */
#include "control/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "util/ioctl.h"

/* By ioctl_tty(2), not by its path: /dev/pts may be another instance's here. */
int pty_open_terminal(int controller)
{
    return ioctl(controller, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

bool pty_copy_modes(int from, int to)
{
    static struct termios modes;

    return tcgetattr(from, &modes) == 0 && tcsetattr(to, TCSANOW, &modes) == 0;
}

bool pty_copy_size(int from, int to)
{
    struct winsize size;

    return ioctl_ask(from, TIOCGWINSZ, &size) < 0 || ioctl_ask(to, TIOCSWINSZ, &size) == 0;
}

static int open_pair(struct pty *pty)
{
    int unlocked = 0;

    pty->controller = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (pty->controller < 0)
        return -1;
    if (ioctl_ask(pty->controller, TIOCSPTLCK, &unlocked) < 0)
        return -1;
    pty->terminal = pty_open_terminal(pty->controller);
    return pty->terminal < 0 ? -1 : 0;
}

int pty_open(struct pty *pty)
{
    *pty = (struct pty){.controller = -1, .terminal = -1};
    if (open_pair(pty) < 0 || tcgetattr(STDIN_FILENO, &pty->saved) < 0 ||
        !pty_copy_modes(STDIN_FILENO, pty->terminal)) {
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
    pty->terminal = pty_open_terminal(controller);
    /* It may have changed since the other one had it. */
    pty_resize(pty);
}

void pty_resize(const struct pty *pty)
{
    (void)pty_copy_size(STDIN_FILENO, pty->controller);
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
