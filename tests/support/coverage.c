/*
 * coverage.c - in a coverage build: counters of processes that do not end by exit(3)
 * gcov writes them at exit and before execve(2). The linker puts these functions before others,
 * by --wrap, so that src/ need not know.
 */
#include <gcov.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <unistd.h>

_Noreturn void __real__exit(int exit_code);
_Noreturn void __wrap__exit(int exit_code);
int __real_kill(pid_t pid, int signal_number);
int __wrap_kill(pid_t pid, int signal_number);
pid_t __real_vfork_run(int (*function)(void *), void *argument, int flags, bool keeps_dumpable);
pid_t __wrap_vfork_run(int (*function)(void *), void *argument, int flags, bool keeps_dumpable);

/* The memory may be the parent's too, which goes on counting from zero. */
static void write_counters(void)
{
    __gcov_dump();
    __gcov_reset();
}

_Noreturn void __wrap__exit(int exit_code)
{
    write_counters();
    __real__exit(exit_code);
}

int __wrap_kill(pid_t pid, int signal_number)
{
    if ((pid == 0 || pid == getpid()) && signal_number != 0)
        write_counters();
    return __real_kill(pid, signal_number);
}

/* The child's execve has written the counters that it shares, and has marked them as written. */
pid_t __wrap_vfork_run(int (*function)(void *), void *argument, int flags, bool keeps_dumpable)
{
    pid_t pid = __real_vfork_run(function, argument, flags, keeps_dumpable);

    __gcov_reset();
    return pid;
}
