/*
 * pty.c - a pseudo-terminal in the place of nsinit's own terminal, and the bytes between them
 */
#include "linux/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "linux/ioctl.h"
#include "util/write_nowait.h"

/* TIOCGPTPEER needs no path, whose /dev/pts may be another instance: ioctl_tty(2). */
int pty_open_terminal(int controller)
{
    return ioctl(controller, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

bool pty_copy_modes(int from, int to)
{
    struct termios modes;

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

/* In the background, the modes were set by the foreground, e.g. by a shell that edits a line. */
static bool has_own_modes(int own)
{
    pid_t foreground = tcgetpgrp(own);

    return foreground <= 0 || foreground == getpgrp();
}

int pty_open(struct pty *pty, int own)
{
    *pty = pty_none();
    pty->own = own;
    if (open_pair(pty) < 0 || tcgetattr(own, &pty->saved) < 0 ||
        (has_own_modes(own) && !pty_copy_modes(own, pty->terminal))) {
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
    /* The size may have changed since. */
    pty_resize(pty);
}

void pty_resize(const struct pty *pty)
{
    (void)pty_copy_size(pty->own, pty->controller);
}

void pty_enter_raw(struct pty *pty)
{
    struct termios raw;

    /* A shell may have changed the modes since pty_open. */
    if (!pty->is_raw && tcgetattr(pty->own, &pty->saved) < 0)
        return;
    raw = pty->saved;
    cfmakeraw(&raw);
    pty->is_raw = tcsetattr(pty->own, TCSANOW, &raw) == 0;
}

void pty_leave_raw(struct pty *pty)
{
    if (pty->is_raw)
        (void)tcsetattr(pty->own, TCSANOW, &pty->saved);
    pty->is_raw = false;
}

void pty_leave_raw_keys(const struct pty *pty)
{
    struct termios modes = pty->saved;

    modes.c_oflag &= ~(tcflag_t)OPOST;
    if (pty->is_raw)
        (void)tcsetattr(pty->own, TCSANOW, &modes);
}

bool pty_may_read_lines(const struct pty *pty)
{
    struct termios modes;

    return tcgetattr(pty->own, &modes) == 0 && (modes.c_lflag & ICANON) != 0;
}

void pty_leave_echo(const struct pty *pty)
{
    struct termios modes;

    if (tcgetattr(pty->terminal, &modes) < 0)
        return;
    modes.c_lflag &= ~(tcflag_t)ECHO;
    modes.c_oflag &= ~(tcflag_t)OPOST;
    (void)tcsetattr(pty->terminal, TCSANOW, &modes);
}

void pty_type_key(const struct pty *pty, int key)
{
    struct termios modes;

    if (tcgetattr(pty->controller, &modes) == 0)
        (void)!write(pty->controller, &modes.c_cc[key], 1);
}

void pump_fill(struct pump *pump)
{
    ssize_t count = read(pump->from, pump->data, sizeof pump->data);

    pump->start = 0;
    pump->end = count > 0 ? (size_t)count : 0;
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        pump->is_broken = true;
}

void pump_drain(struct pump *pump)
{
    ssize_t count = write_nowait(pump->to, pump->data + pump->start, pump->end - pump->start);

    if (count >= 0)
        pump->start += (size_t)count;
    else if (count != -EAGAIN)
        pump->is_broken = true;
}
