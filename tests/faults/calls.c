/*
 * calls.c - the system calls that nsinit makes, and the errors of their manual pages that can
 * happen: for want of memory, files or rights, or in an older kernel
 */
#include "faults/faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A name and a number that are one word. */
#define CALL(word) .number = SYS_##word, .name = #word

#define NO_FILE EMFILE, ENFILE, ENOMEM

const struct call calls[] = {
    {CALL(accept4), .errors = {EMFILE, ENFILE, ENOMEM, ECONNABORTED}},
    {CALL(bind), .errors = {EADDRINUSE, EACCES, ENOMEM}},
    {CALL(capset), .errors = {EPERM}},
    {CALL(chdir), .errors = {ENOENT, EACCES, ENOMEM, EIO}, .path = 1},
    {CALL(clone), .errors = {EAGAIN, ENOMEM, EPERM, ENOSPC, EINVAL}},
    {CALL(clone3), .errors = {EAGAIN, ENOMEM, EPERM, ENOSPC, ENOSYS, EINVAL}},
    {CALL(close_range), .errors = {ENOMEM, ENOSYS}},
    {CALL(connect), .errors = {ECONNREFUSED, EAGAIN, EACCES, ENOMEM}},
    {CALL(dup), .errors = {EMFILE}},
    {CALL(dup3), .errors = {EMFILE, EBUSY}},
    {CALL(epoll_create1), .errors = {NO_FILE}},
    {CALL(epoll_ctl), .errors = {ENOMEM, ENOSPC}},
    {CALL(eventfd2), .errors = {NO_FILE}},
    {CALL(execve), .errors = {EACCES, ENOENT, ENOMEM, EAGAIN, E2BIG, ENOEXEC, EIO}, .path = 1,
     .flags = CALL_EXECUTES},
    {CALL(execveat), .errors = {EACCES, ENOENT, ENOMEM, EAGAIN, ENOSYS}, .path = 2,
     .flags = CALL_EXECUTES},
    {CALL(fchdir), .errors = {EACCES, EIO}},
    {CALL(fchmod), .errors = {EPERM, EROFS}},
    {CALL(fchmodat), .errors = {EPERM, EROFS, ENOMEM}, .path = 2},
    {CALL(fchown), .errors = {EPERM, EROFS}},
    {CALL(fchownat), .errors = {EPERM, EROFS, ENOMEM}, .path = 2},
    {CALL(fcntl), .errors = {EMFILE}},
    {CALL(flock), .errors = {EWOULDBLOCK, ENOLCK}},
    {CALL(fsconfig), .errors = {EPERM, EINVAL, ENOMEM, ENOSYS}},
    {CALL(fsmount), .errors = {EPERM, EMFILE, ENOMEM, ENOSYS}},
    {CALL(fsopen), .errors = {EPERM, EMFILE, ENOMEM, ENODEV, ENOSYS}},
    {CALL(fstat), .errors = {ENOMEM}},
    {CALL(fstatfs), .errors = {ENOMEM, EIO}},
    {CALL(getdents64), .errors = {ENOENT, EIO, ENOMEM}},
    {CALL(getgroups), .errors = {EPERM}},
    {CALL(getsockname), .errors = {ENOBUFS}},
    {CALL(getsockopt), .errors = {ENOPROTOOPT, ENOMEM}},
    {CALL(inotify_add_watch), .errors = {ENOSPC, ENOMEM, EACCES, ENOENT}},
    {CALL(inotify_init1), .errors = {EMFILE, ENFILE, ENOMEM}},
    {CALL(ioctl), .errors = {ENOTTY, EPERM, ENOMEM}},
    {CALL(keyctl), .errors = {EDQUOT, ENOMEM, ENOSYS, EPERM}},
    {CALL(linkat), .errors = {EACCES, ENOSPC, ENOMEM}, .path = 2},
    {CALL(listen), .errors = {EADDRINUSE}},
    {CALL(memfd_create), .errors = {EMFILE, ENFILE, ENOMEM, ENOSYS}},
    {CALL(mkdirat), .errors = {EACCES, ENOSPC, ENOMEM, EROFS}, .path = 2},
    {CALL(mknodat), .errors = {EPERM, ENOSPC, EACCES}, .path = 2},
    {CALL(mmap), .errors = {ENOMEM}},
    {CALL(mount), .errors = {EPERM, ENOMEM, EBUSY, EINVAL}, .path = 2},
    {CALL(mount_setattr), .errors = {EPERM, ENOMEM, EINVAL, ENOSYS}, .path = 2},
    {CALL(move_mount), .errors = {EPERM, EINVAL, ENOMEM, ENOSYS}, .path = 4},
    {CALL(mprotect), .errors = {ENOMEM}},
    {CALL(mremap), .errors = {ENOMEM}},
    /* It tells whether a file is the one to be removed. */
    {CALL(newfstatat), .errors = {ENOMEM, EACCES, ENOENT}, .path = 2, .flags = CALL_UNDOES},
    {CALL(open_tree), .errors = {NO_FILE, EPERM, EACCES, ENOSYS}, .path = 2},
    {CALL(openat), .errors = {NO_FILE, EACCES, ENOENT, ELOOP, EIO}, .path = 2},
    {CALL(openat2), .errors = {NO_FILE, EACCES, ENOSYS, EAGAIN, ELOOP}, .path = 2},
    {CALL(pidfd_getfd), .errors = {EMFILE, EPERM, ENOSYS}},
    {CALL(pidfd_open), .errors = {NO_FILE, ENOSYS}},
    {CALL(pidfd_send_signal), .errors = {EPERM, ENOSYS}},
    {CALL(pipe2), .errors = {EMFILE, ENFILE}},
    {CALL(pivot_root), .errors = {EPERM, EBUSY, EINVAL, ENOMEM}, .path = 1},
    {CALL(ppoll), .errors = {ENOMEM}},
    {CALL(prctl), .errors = {EINVAL, EPERM}},
    {CALL(pread64), .errors = {EIO}},
    {CALL(prlimit64), .errors = {EPERM}},
    {CALL(pwritev2), .errors = {EAGAIN, EIO, ENOSPC, ENOSYS}},
    {CALL(read), .errors = {EIO, ENOMEM}},
    {CALL(readlinkat), .errors = {ENOMEM, EACCES, ENOENT}, .path = 2},
    {CALL(recvfrom), .errors = {ENOMEM, ENOBUFS}},
    {CALL(recvmsg), .errors = {ENOMEM, ENOBUFS, ECONNRESET}},
    {CALL(removexattr), .errors = {EPERM, EIO}, .path = 1},
    {CALL(renameat2), .errors = {EACCES, ENOSPC}, .path = 2},
    {CALL(rt_sigqueueinfo), .errors = {EAGAIN, EPERM}},
    {CALL(seccomp), .errors = {EINVAL, ENOSYS, ENOMEM}},
    {CALL(sendmsg), .errors = {ENOBUFS, ENOMEM}},
    {CALL(sendto), .errors = {ENOBUFS, ENOMEM, EAGAIN}},
    {CALL(setdomainname), .errors = {EPERM}},
    {CALL(setgroups), .errors = {EPERM, ENOMEM}},
    {CALL(sethostname), .errors = {EPERM}},
    {CALL(setns), .errors = {EPERM, EINVAL, ENOMEM, ENOSPC}},
    {CALL(setpgid), .errors = {EPERM, EACCES}},
    {CALL(setpriority), .errors = {EPERM, EACCES}},
    {CALL(setresgid), .errors = {EPERM, ENOMEM}},
    {CALL(setresuid), .errors = {EPERM, EAGAIN, ENOMEM}},
    {CALL(setsid), .errors = {EPERM}},
    {CALL(setsockopt), .errors = {ENOMEM, EPERM, ENOPROTOOPT}},
    {CALL(setxattr), .errors = {EOPNOTSUPP, EPERM, ENOSPC}, .path = 1},
    {CALL(signalfd4), .errors = {NO_FILE}},
    {CALL(socket), .errors = {NO_FILE, ENOBUFS, EACCES, EAFNOSUPPORT}},
    {CALL(socketpair), .errors = {NO_FILE, ENOBUFS}},
    {CALL(statx), .errors = {ENOMEM, EACCES, ENOENT, ENOSYS}, .path = 2},
    {CALL(symlinkat), .errors = {EACCES, ENOSPC, ENOMEM}, .path = 3},
    {CALL(timerfd_create), .errors = {NO_FILE}},
    {CALL(umount2), .errors = {EBUSY, EPERM, ENOMEM}, .path = 1, .flags = CALL_UNDOES},
    {CALL(unlinkat), .errors = {EACCES, EROFS, EIO}, .path = 2, .flags = CALL_UNDOES},
    {CALL(unshare), .errors = {EPERM, ENOMEM, ENOSPC, EINVAL}},
    {CALL(write), .errors = {EIO, ENOSPC, EPERM, EINVAL, ENOMEM}},
    {CALL(writev), .errors = {EIO, ENOSPC}},
#ifdef SYS_open /* what newer architectures have no more */
    {CALL(access), .errors = {EACCES, ENOENT, ENOMEM}, .path = 1},
    {CALL(chmod), .errors = {EPERM, EROFS, ENOMEM}, .path = 1},
    {CALL(chown), .errors = {EPERM, EROFS, ENOMEM}, .path = 1},
    {CALL(dup2), .errors = {EMFILE, EBUSY}},
    {CALL(fork), .errors = {EAGAIN, ENOMEM}},
    {CALL(link), .errors = {EACCES, ENOSPC, ENOMEM}, .path = 1},
    {CALL(lstat), .errors = {ENOMEM, EACCES, ENOENT}, .path = 1, .flags = CALL_UNDOES},
    {CALL(mkdir), .errors = {EACCES, ENOSPC, ENOMEM, EROFS}, .path = 1},
    {CALL(mknod), .errors = {EPERM, ENOSPC, EACCES}, .path = 1},
    {CALL(open), .errors = {NO_FILE, EACCES, ENOENT, ELOOP, EIO}, .path = 1},
    {CALL(pipe), .errors = {EMFILE, ENFILE}},
    {CALL(poll), .errors = {ENOMEM}},
    {CALL(readlink), .errors = {ENOMEM, EACCES, ENOENT}, .path = 1},
    {CALL(rename), .errors = {EACCES, ENOSPC}, .path = 1},
    {CALL(rmdir), .errors = {EACCES, EBUSY}, .path = 1, .flags = CALL_UNDOES},
    {CALL(stat), .errors = {ENOMEM, EACCES, ENOENT}, .path = 1},
    {CALL(symlink), .errors = {EACCES, ENOSPC, ENOMEM}, .path = 2},
    {CALL(unlink), .errors = {EACCES, EROFS, EIO}, .path = 1, .flags = CALL_UNDOES},
    {CALL(vfork), .errors = {EAGAIN, ENOMEM}},
    /* These can't fail, or only for a mistake in the program. */
    {CALL(alarm)},
    {CALL(arch_prctl)},
    {CALL(epoll_wait)},
    {CALL(getpgrp)},
    {CALL(pause)},
    {CALL(time)},
#endif
    /* What it frees is freed whatever it says, which a made-up error can't show. */
    {CALL(close)},
    /* Its failure is the old break as a result, no errno. */
    {CALL(brk)},
    /* A signal that can't be sent to a process of another user is not a fault of nsinit's. */
    {CALL(kill)},
    {CALL(capget)},
    {CALL(clock_getres)},
    {CALL(clock_gettime)},
    {CALL(clock_nanosleep)},
    {CALL(epoll_pwait)},
    {CALL(exit)},
    {CALL(exit_group)},
    {CALL(faccessat)},
    {CALL(futex)},
    {CALL(getcwd)},
    {CALL(getegid)},
    {CALL(geteuid)},
    {CALL(getgid)},
    {CALL(getpgid)},
    {CALL(getpid)},
    {CALL(getppid)},
    {CALL(getpriority)},
    {CALL(getrandom)},
    {CALL(getresgid)},
    {CALL(getresuid)},
    {CALL(getsid)},
    {CALL(gettid)},
    {CALL(getuid)},
    {CALL(lseek)},
    {CALL(madvise)},
    {CALL(munmap)},
    {CALL(nanosleep)},
    {CALL(restart_syscall)},
    {CALL(rseq)},
    {CALL(rt_sigaction)},
    {CALL(rt_sigpending)},
    {CALL(rt_sigprocmask)},
    {CALL(rt_sigreturn)},
    {CALL(rt_sigsuspend)},
    {CALL(rt_sigtimedwait)},
    {CALL(sched_getaffinity)},
    {CALL(set_robust_list)},
    {CALL(set_tid_address)},
    {CALL(shutdown)},
    {CALL(sigaltstack)},
    {CALL(sysinfo)},
    {CALL(tgkill)},
    {CALL(timerfd_settime)},
    {CALL(umask)},
    {CALL(uname)},
    {CALL(wait4)},
    {CALL(waitid)},
};
const size_t call_count = sizeof calls / sizeof calls[0];
_Static_assert(sizeof calls / sizeof calls[0] <= CALL_MOST, "CALL_MOST is too low");

int call_by_number(long number)
{
    for (size_t i = 0; i < call_count; i++)
        if (calls[i].number == number)
            return (int)i;
    return -1;
}

int call_by_name(const char *name)
{
    for (size_t i = 0; i < call_count; i++)
        if (strcmp(calls[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* A file that has a path: what is read from a pipe, socket or terminal does not fail so. */
static bool has_path(pid_t pid, unsigned long long fd)
{
    char path[64];
    char target[5] = "";

    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, (int)fd);
    return readlink(path, target, sizeof target) > 0 && target[0] == '/' &&
           memcmp(target, "/dev/", sizeof target) != 0;
}

bool call_can_fail(const struct call *call, const struct seccomp_notif *notice)
{
    const __u64 *arguments = notice->data.args;

    switch (call->number) {
    case SYS_fcntl:
        return arguments[1] == F_DUPFD || arguments[1] == F_DUPFD_CLOEXEC;
    case SYS_prlimit64: /* it sets one */
        return arguments[2] != 0;
    case SYS_prctl: /* the one fails beyond the last capability, the other never */
        return arguments[0] != PR_CAPBSET_READ && arguments[0] != PR_GET_CHILD_SUBREAPER;
    case SYS_ioctl: /* a terminal's fail only when it has hung up */
        return (arguments[1] & 0xff00) != 0x5400;
    case SYS_read:
    case SYS_pread64:
        return has_path((pid_t)notice->pid, arguments[0]);
    case SYS_write:
    case SYS_writev:
    case SYS_pwritev2: /* but for the message that is to be seen */
        return arguments[0] > 2 && has_path((pid_t)notice->pid, arguments[0]);
    default:
        return true;
    }
}

/* strerrorname_np(3) is glibc's alone. */
#define ERROR(word) \
    {               \
        word, #word \
    }

static const struct {
    int number;
    const char *name;
} errors[] = {
    ERROR(E2BIG),   ERROR(EACCES),       ERROR(EADDRINUSE),   ERROR(EAFNOSUPPORT), ERROR(EAGAIN),
    ERROR(EBUSY),   ERROR(ECONNABORTED), ERROR(ECONNREFUSED), ERROR(ECONNRESET),   ERROR(EDQUOT),
    ERROR(EINVAL),  ERROR(EIO),          ERROR(ELOOP),        ERROR(EMFILE),       ERROR(ENFILE),
    ERROR(ENOBUFS), ERROR(ENODEV),       ERROR(ENOENT),       ERROR(ENOEXEC),      ERROR(ENOLCK),
    ERROR(ENOMEM),  ERROR(ENOPROTOOPT),  ERROR(ENOSPC),       ERROR(ENOSYS),       ERROR(ENOTTY),
    ERROR(EPERM),   ERROR(EROFS),        ERROR(ETOOMANYREFS),
};
static const size_t error_count = sizeof errors / sizeof errors[0];

const char *error_name(int error_number)
{
    for (size_t i = 0; i < error_count; i++)
        if (errors[i].number == error_number)
            return errors[i].name;
    return "an error without a name";
}

int error_by_name(const char *name)
{
    for (size_t i = 0; i < error_count; i++)
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].number;
    return 0;
}
