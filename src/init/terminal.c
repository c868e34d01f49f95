/*
 * terminal.c - the controlling terminal: who is in its foreground, and what ^Z means
 * TTOU is blocked in nsinit, so tcsetpgrp(3) works from the background: see tcsetpgrp(3).
 */
#include "init/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/log.h"
#include "util/signals.h"

/* A descriptor of the controlling terminal, or -1. */
static int open_controlling(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

    /* ENXIO says that there is none; any other error that /dev/tty is not there to ask. */
    if (fd >= 0 || errno == ENXIO)
        return fd;
    for (int stdio = 0; stdio <= STDERR_FILENO; stdio++)
        if (tcgetpgrp(stdio) >= 0)
            return fcntl(stdio, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return -1;
}

/*
 * A session leader that gives up its terminal makes the kernel send HUP and CONT to the
 * foreground group (tty_ioctl(4), TIOCNOTTY): that is us and whoever started with us. So a group
 * whose only member has just ended goes to the foreground before.
 */
static void give_up(int fd)
{
    /* NOLINTNEXTLINE: it ends at once, and fork(2) would copy the page tables for that. */
    pid_t nobody = vfork();

    if (nobody == 0) {
        /* NOLINTNEXTLINE: a plain system call. */
        (void)setpgid(0, 0);
        _exit(0);
    }
    if (nobody > 0)
        (void)tcsetpgrp(fd, nobody);
    if (ioctl(fd, TIOCNOTTY) < 0)
        log_line(LOG_WARNING, "cannot give up the controlling terminal: %m");
    if (nobody > 0)
        (void)waitpid(nobody, NULL, 0);
}

void terminal_open(struct terminal *terminal, enum placement placement)
{
    terminal->fd = open_controlling();
    terminal->is_ours = terminal->fd >= 0;
    terminal->placement = placement;
    if (placement != PLACEMENT_SESSION)
        return;
    if (terminal->is_ours && getsid(0) == getpid()) {
        give_up(terminal->fd);
        terminal->is_ours = false;
    }
    if (terminal->fd < 0 && isatty(STDIN_FILENO))
        terminal->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    terminal->child_fd = terminal->fd;
}

void terminal_hand_over(struct terminal *terminal)
{
    if (terminal->placement != PLACEMENT_GROUP)
        return;
    /* A job started in the background stays there: the foreground is not ours to give. */
    terminal->handed_over = terminal->is_ours && tcgetpgrp(terminal->fd) == getpgrp();
    terminal->child_fd = terminal->handed_over ? terminal->fd : -1;
}

void terminal_take_back(struct terminal *terminal)
{
    if (!terminal->handed_over)
        return;
    (void)tcsetpgrp(terminal->fd, getpgrp());
    terminal->handed_over = false;
}

void terminal_resume(const struct terminal *terminal, pid_t group)
{
    if (terminal->is_ours && tcgetpgrp(terminal->fd) == getpgrp())
        (void)tcsetpgrp(terminal->fd, group);
    (void)kill(-group, SIGCONT);
}

/*
 * Returns whether we were stopped and continued. TSTP rather than STOP: the kernel ignores it
 * where no shell could continue us (setpgid(2) on orphaned process groups).
 */
static bool suspend_self(pid_t whom, int signal_number)
{
    const struct signal_set tstp = signal_set_of(SIGTSTP);
    struct signal_set pending;

    if (getpid() == 1)
        return false;
    (void)kill(whom, signal_number);
    signal_mask(SIG_UNBLOCK, &tstp, NULL);
    signal_mask(SIG_BLOCK, &tstp, NULL);
    /* A stop discards a pending CONT (signal(7)): one that is pending now has continued us. */
    pending = signal_pending();
    return signal_set_has(&pending, SIGCONT);
}

/* Whether the terminal's foreground is empty, so that nobody could ever read from it. */
static bool foreground_is_gone(int fd)
{
    pid_t foreground = tcgetpgrp(fd);

    return foreground <= 0 || (kill(-foreground, 0) < 0 && errno == ESRCH);
}

bool terminal_rescue(const struct terminal *terminal, pid_t group, int stopped_by)
{
    if ((stopped_by != SIGTTIN && stopped_by != SIGTTOU) || !terminal->is_ours ||
        !foreground_is_gone(terminal->fd) || tcsetpgrp(terminal->fd, group) < 0)
        return false;
    (void)kill(-group, SIGCONT);
    return true;
}

void terminal_on_stop(const struct terminal *terminal, pid_t group, int stopped_by, bool with_stop)
{
    /* The key has not reached our own group, which may be that of a pipeline. */
    bool as_group = terminal->is_relayed && stopped_by != SIGSTOP;

    if (!terminal->is_ours && !with_stop)
        return;
    if (suspend_self(as_group ? 0 : getpid(), with_stop ? SIGSTOP : SIGTSTP))
        return;
    if (stopped_by == SIGTSTP)
        (void)kill(-group, SIGCONT);
    else
        (void)terminal_rescue(terminal, group, stopped_by);
}
