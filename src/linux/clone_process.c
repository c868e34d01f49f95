/*
 * clone_process.c - fork(2) with flags of clone(2), and a chosen PID
 */
#include "linux/clone_process.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "linux/syscalls.h"

static pid_t clone3(unsigned int flags, int exit_signal, const pid_t *wanted)
{
    struct clone_args arguments = {.flags = flags,
                                   .exit_signal = (unsigned int)exit_signal,
                                   .set_tid = (uintptr_t)wanted,
                                   .set_tid_size = wanted != NULL};

    return sys_clone3(&arguments, CLONE_ARGS_SIZE_VER1);
}

pid_t clone_process(unsigned int flags, int exit_signal, pid_t wanted)
{
    unsigned long old_flags = (unsigned long)flags | (unsigned long)exit_signal;
    long pid = -1;

    /* The number may be taken, or out of the range of pid_max. */
    if (wanted != 0)
        pid = clone3(flags, exit_signal, &wanted);
    if (pid < 0)
        pid = clone3(flags, exit_signal, NULL);
    /* Docker's seccomp profile answers ENOSYS, so that callers use clone, whose flags it can see.
     */
    if (pid < 0 && errno == ENOSYS)
#ifdef __s390x__
        pid = syscall(SYS_clone, 0L, old_flags, 0L, 0L, 0L);
#else
        pid = syscall(SYS_clone, old_flags, 0L, 0L, 0L, 0L);
#endif
    return pid < 0 ? -errno : (pid_t)pid;
}

pid_t process_fork(void)
{
    pid_t pid = clone_process(0, SIGCHLD, 0);

    if (pid >= 0)
        return pid;
    errno = -pid;
    return -1;
}
