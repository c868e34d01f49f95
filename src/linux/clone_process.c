/*
 * clone_process.c - make a process as fork(2) does, with flags of clone(2)
 */
#include "linux/clone_process.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "linux/syscalls.h"

/* The kernel's struct clone_args, as of Linux 5.5: clone(2). */
struct clone3_arguments {
    uint64_t flags;
    uint64_t pidfd;
    uint64_t child_tid;
    uint64_t parent_tid;
    uint64_t exit_signal;
    uint64_t stack;
    uint64_t stack_size;
    uint64_t tls;
    uint64_t set_tid;
    uint64_t set_tid_size;
};

static long clone3(unsigned int flags, int exit_signal, const pid_t *wanted)
{
    struct clone3_arguments arguments = {.flags = flags,
                                         .exit_signal = (uint64_t)exit_signal,
                                         .set_tid = (uintptr_t)wanted,
                                         .set_tid_size = wanted != NULL};

    return syscall(SYS_clone3, &arguments, sizeof arguments);
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
    /* Docker's seccomp profile says so to make callers use clone, which it can look into. */
    if (pid < 0 && errno == ENOSYS)
#ifdef __s390x__
        pid = syscall(SYS_clone, 0L, old_flags, 0L, 0L, 0L);
#else
        pid = syscall(SYS_clone, old_flags, 0L, 0L, 0L, 0L);
#endif
    return pid < 0 ? -errno : (pid_t)pid;
}
