/*
 * terminal.c - the controlling terminal: its foreground process group, and ^Z
 * nsinit blocks TTOU, so tcsetpgrp(3) works from the background.
 */
#include "init/terminal_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux/proc.h"
#include "util/log.h"
#include "util/signal_names.h"
#include "linux/signal_set.h"

/* A descriptor of the controlling terminal, or -1. */
static int open_controlling(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

    /* ENXIO means that there is no controlling terminal; any other error, no usable /dev/tty. */
    if (fd >= 0 || errno == ENXIO)
        return fd;
    for (int stdio = 0; stdio <= STDERR_FILENO; stdio++)
        if (tcgetpgrp(stdio) >= 0)
            return fcntl(stdio, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return -1;
}

/*
 * When a session leader gives up its terminal, the kernel sends HUP and CONT to the foreground
 * group (tty_ioctl(4), TIOCNOTTY): to nsinit and the programs started with it. So nsinit first puts
 * a group in the foreground whose only member has just ended.
 */
static void give_up(int fd)
{
    /* NOLINTNEXTLINE: the child ends at once; fork(2) would copy the page tables for it. */
    pid_t ended = vfork();

    if (ended == 0) {
        /* NOLINTNEXTLINE: a plain system call. */
        (void)setpgid(0, 0);
        _exit(0);
    }
    if (ended > 0)
        (void)tcsetpgrp(fd, ended);
    if (ioctl(fd, TIOCNOTTY) < 0)
        log_line(LOG_WARNING, "give up the controlling terminal: %m");
    if (ended > 0)
        (void)waitpid(ended, NULL, 0);
}

/*
 * In a pipeline, a script or under xargs(1), nsinit's group has other programs, or will have. The
 * terminal stops, interrupts and continues them as one job, so the program gets a new group only if
 * nsinit is the whole job.
 */
static bool is_whole_job(void)
{
    return getpgrp() == getpid() && tcgetpgrp(STDIN_FILENO) >= 0 && tcgetpgrp(STDOUT_FILENO) >= 0;
}

void terminal_open(struct terminal *terminal, enum placement placement)
{
    terminal->fd = open_controlling();
    terminal->was_there = terminal->is_ours = terminal->fd >= 0;
    terminal->placement = placement;
    if (placement != PLACEMENT_SESSION)
        return;
    if (terminal->is_ours && getsid(0) == getpid()) {
        give_up(terminal->fd);
        terminal->was_there = terminal->is_ours = false;
    }
    if (terminal->fd < 0 && isatty(STDIN_FILENO))
        terminal->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    terminal->child_fd = terminal->fd;
}

void terminal_place(struct terminal *terminal, enum placement placement, bool stays)
{
    bool is_shared =
        placement == PLACEMENT_GROUP && terminal->is_ours && (stays || !is_whole_job());

    terminal->placement = is_shared ? PLACEMENT_INHERITED : placement;
}

static bool has_controlling(void)
{
    int fd = open_controlling();

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

void terminal_remember(struct terminal *terminal)
{
    terminal->was_there = has_controlling();
}

bool terminal_is_gone(const struct terminal *terminal)
{
    return terminal->was_there && !has_controlling();
}

static bool is_in_foreground(const struct terminal *terminal)
{
    return terminal->is_ours && tcgetpgrp(terminal->fd) == getpgrp();
}

void terminal_hand_over(struct terminal *terminal)
{
    terminal->was_interrupted = false;
    if (terminal->placement == PLACEMENT_SESSION)
        return;
    /* A job that was started in the background stays there. */
    terminal->has_foreground = is_in_foreground(terminal);
    terminal->child_fd =
        terminal->is_ours && terminal->placement == PLACEMENT_GROUP ? terminal->fd : -1;
}

/* Whether the foreground group has ended, so that no process can read from the terminal. */
static bool foreground_is_gone(int fd)
{
    pid_t foreground = tcgetpgrp(fd);

    /* kill(-1) would signal all processes. The group of process 1 never ends. */
    return foreground <= 0 || (foreground != 1 && kill(-foreground, 0) < 0 && errno == ESRCH);
}

void terminal_take_back(struct terminal *terminal)
{
    bool is_shared = terminal->placement == PLACEMENT_INHERITED;

    /*
     * In a shared job the shell may have the foreground already. But a program that is a shell
     * itself may have given the foreground to a group that has ended.
     */
    if (terminal->has_foreground && (!is_shared || foreground_is_gone(terminal->fd)))
        (void)tcsetpgrp(terminal->fd, getpgrp());
    terminal->has_foreground = false;
}

bool terminal_follow_foreground(struct terminal *terminal, pid_t group)
{
    if (!is_in_foreground(terminal))
        return false;
    terminal->has_foreground = true;
    return terminal->placement == PLACEMENT_GROUP && group != 0 &&
           tcsetpgrp(terminal->fd, group) == 0;
}

void terminal_lose_foreground(struct terminal *terminal)
{
    /* No shell takes the foreground from process 1. */
    if (getpid() != 1)
        terminal->has_foreground = false;
}

bool terminal_stops_by_default(pid_t pid, int signal_number)
{
    char status[PROC_STATUS_SIZE];
    uint64_t ignored;
    uint64_t caught;

    return proc_read(pid, "status", status, sizeof status) == 0 &&
           proc_status_mask(status, "SigIgn", &ignored) &&
           proc_status_mask(status, "SigCgt", &caught) &&
           ((ignored | caught) >> (signal_number - 1) & 1) == 0;
}

void terminal_stop(struct terminal *terminal, pid_t pid, int signal_number)
{
    bool may_be = pid == 0 || terminal_stops_by_default(pid, signal_number);

    terminal->stopped_for = may_be ? signal_number : 0;
    if (may_be && pid != 0 && kill(pid, SIGSTOP) < 0)
        terminal->stopped_for = 0;
}

bool terminal_has_stopped(pid_t pid)
{
    struct proc_stat stat;

    return proc_read_stat(pid, &stat) < 0 || stat.state == 'T';
}

static bool is_pending(int signal_number)
{
    struct signal_set pending = signal_pending();

    return signal_set_has(&pending, signal_number);
}

/*
 * Stop `target` (nsinit, or 0 for its group) until it is continued; false if no process would
 * continue it. The kernel ignores a TSTP, unlike a STOP, if no shell could continue nsinit
 * (setpgid(2) on orphaned process groups). `fellow` is a process that is stopped and continued with
 * nsinit, or 0.
 */
static bool suspend(pid_t target, int signal_number, pid_t fellow)
{
    const struct signal_set tstp = signal_set_of(SIGTSTP);

    if (getpid() == 1)
        return false;
    if (fellow == 0 && is_pending(SIGCONT))
        return true;
    /* This discards a pending CONT (signal(7)), of an earlier stop or of this one. */
    (void)kill(target, signal_number);
    /*
     * If that CONT belonged to this stop, nothing would continue nsinit. A CONT discards the
     * pending TSTP.
     */
    if (fellow != 0 && !terminal_has_stopped(fellow))
        (void)kill(getpid(), SIGCONT);
    signal_mask(SIG_UNBLOCK, &tstp, NULL);
    signal_mask(SIG_BLOCK, &tstp, NULL);
    /* A CONT that is pending now has continued nsinit, or a further TSTP has discarded it. */
    return is_pending(SIGCONT) || is_pending(SIGTSTP);
}

bool terminal_suspend(void)
{
    return suspend(getpid(), SIGTSTP, 0);
}

static bool is_for_background_use(int signal_number)
{
    return signal_number == SIGTTIN || signal_number == SIGTTOU;
}

bool terminal_take_foreground(const struct terminal *terminal, pid_t group, int stopped_by)
{
    if (!is_for_background_use(stopped_by) || !terminal->is_ours ||
        !foreground_is_gone(terminal->fd) || tcsetpgrp(terminal->fd, group) < 0)
        return false;
    (void)kill(-group, SIGCONT);
    return true;
}

void terminal_on_stop(struct terminal *terminal, pid_t program, pid_t group, int stopped_by,
                      bool with_stop)
{
    bool is_own_group = terminal->is_relayed || terminal->placement == PLACEMENT_GROUP;
    /* The terminal's signal has not reached nsinit's own group. */
    bool as_group = is_own_group && stopped_by != SIGSTOP;

    if (!terminal->is_ours && !with_stop)
        return;
    /* A shell's `fg` does not continue a job that the shell has not seen stopped. */
    if (is_for_background_use(stopped_by) && !terminal->is_relayed &&
        terminal_follow_foreground(terminal, group)) {
        (void)kill(-group, SIGCONT);
        return;
    }
    if (suspend(as_group ? 0 : getpid(), with_stop ? SIGSTOP : SIGTSTP,
                terminal->placement == PLACEMENT_INHERITED && !terminal->is_relayed ? program
                                                                                    : 0)) {
        /* The CONT of a `fg`, which is pending, brings the foreground back. */
        terminal_lose_foreground(terminal);
        return;
    }
    if (stopped_by == SIGTSTP)
        (void)kill(-group, SIGCONT);
    else
        (void)terminal_take_foreground(terminal, group, stopped_by);
}
