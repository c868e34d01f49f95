/*
 * vfork.c - a child that shares the memory of its parent, as in vfork(2), on its own stack
 */
#include "linux/vfork.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

/* The child's functions keep two paths on it (nsctl/cmd_exec.c). */
enum { CHILD_STACK_SIZE = 16 * 1024 };

pid_t vfork_run(int (*function)(void *), void *argument, int flags, bool keeps_dumpable)
{
    _Alignas(16) char stack[CHILD_STACK_SIZE];
    int dumpable = keeps_dumpable ? prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) : -1;
    pid_t pid =
        clone(function, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD | flags, argument);

    if (pid < 0)
        pid = -errno;
    if (dumpable >= 0)
        (void)prctl(PR_SET_DUMPABLE, (long)dumpable, 0L, 0L, 0L);
#ifdef __SANITIZE_ADDRESS__
    /* A child's function never returns, so its stack is still marked as out of bounds. */
    __asan_unpoison_memory_region(stack, sizeof stack);
#endif
    return pid;
}
