/*
 * guard.c - a process that kills a program of --as-pid-1 when nsinit was killed
 */
#include "visit/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "linux/syscalls.h"
#include "linux/wait.h"
#include "visit/door.h"

/* Wait until nsinit's end closes the pipe, or the guarded process ends. All signals are blocked. */
static _Noreturn void watch(int pidfd, int pipe_fd)
{
    struct kept_fds kept_fds = {.files = {pidfd, pipe_fd}, .count = 2};
    struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN}, {.fd = pipe_fd, .events = POLLIN}};

    door_close_fds(&kept_fds);
    door_set_undumpable();
    while (poll(fds, 2, -1) < 0 && errno == EINTR)
        ;
    if (fds[1].revents != 0)
        (void)sys_pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
    _exit(0);
}

int guard_start(struct guard *guard, pid_t guarded, struct error *error)
{
    int pidfd = sys_pidfd_open(guarded, 0);
    int ends[2];

    if (pidfd < 0 || pipe2(ends, O_CLOEXEC) < 0) {
        error_reason(error, ERROR_FAILED, "start a guard: %m");
        if (pidfd >= 0)
            close(pidfd);
        return -1;
    }
    guard->pid = process_fork();
    if (guard->pid == 0)
        watch(pidfd, ends[0]);
    if (guard->pid < 0)
        error_reason(error, ERROR_FAILED, "start a guard: fork: %m");
    close(pidfd);
    close(ends[0]);
    guard->fd = ends[1];
    if (guard->pid > 0)
        return 0;
    guard->pid = 0;
    close(ends[1]);
    return -1;
}

void guard_stop(struct guard *guard)
{
    if (guard->pid == 0)
        return;
    close(guard->fd);
    wait_kill_child(guard->pid);
    guard->pid = 0;
}
