/*
 * syscalls.h - the kernel's own interfaces where the C library or the kernel's headers lack them
 * Names are the kernel's: a system call is sys_NAME, which returns the kernel's result, or -1 with
 * errno. The C library's wrappers may do more, and are not used: its setresuid(2) changes all
 * threads, which is unsafe between vfork and exec.
 */
#ifndef NSINIT_LINUX_SYSCALLS_H
#define NSINIT_LINUX_SYSCALLS_H

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#if __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#endif
#if __has_include(<linux/sched.h>)
#include <linux/sched.h>
#endif

/* ---- <linux/sched.h>: clone3(2) ------------------------------------------------------------ */

/* Linux 5.3. */
#ifndef SYS_clone3
#define SYS_clone3 435
#endif

/* With set_tid, Linux 5.5. */
#ifndef CLONE_ARGS_SIZE_VER1
#define CLONE_ARGS_SIZE_VER1 80
struct clone_args {
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
#endif

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static inline pid_t sys_clone3(const struct clone_args *arguments, size_t size)
{
    return (pid_t)syscall(SYS_clone3, arguments, size);
}

/* ---- <linux/openat2.h>: openat2(2), Linux 5.6 ---------------------------------------------- */

#ifndef RESOLVE_IN_ROOT
#define RESOLVE_NO_MAGICLINKS 0x02
#define RESOLVE_NO_SYMLINKS 0x04
#define RESOLVE_IN_ROOT 0x10
struct open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};
#endif

static inline int sys_openat2(int directory, const char *path, const struct open_how *how)
{
    return (int)syscall(SYS_openat2, directory, path, how, sizeof *how);
}

/* ---- <linux/mount.h>: mounts by descriptor, Linux 5.2 -------------------------------------- */

/*
 * glibc's <sys/mount.h> has them since 2.36. Together with an older one, or with musl's,
 * <linux/mount.h> would define the MS_ flags twice.
 */
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x00000004
#define MOVE_MOUNT_T_EMPTY_PATH 0x00000040
#endif
#ifndef FSOPEN_CLOEXEC
#define FSOPEN_CLOEXEC 0x00000001
#define FSMOUNT_CLOEXEC 0x00000001
enum fsconfig_command { FSCONFIG_SET_FLAG = 0, FSCONFIG_SET_STRING = 1, FSCONFIG_CMD_CREATE = 6 };
#endif
#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 0x00000001
#define MOUNT_ATTR_NOSUID 0x00000002
#define MOUNT_ATTR_NODEV 0x00000004
#define MOUNT_ATTR_NOEXEC 0x00000008
#endif

/* Linux 5.12. */
#ifndef MOUNT_ATTR_IDMAP
#define MOUNT_ATTR_IDMAP 0x00100000
#endif
#ifndef MOUNT_ATTR_SIZE_VER0
#define MOUNT_ATTR_SIZE_VER0 32
struct mount_attr {
    uint64_t attr_set;
    uint64_t attr_clr;
    uint64_t propagation;
    uint64_t userns_fd;
};
#endif

static inline int sys_open_tree(int directory, const char *path, unsigned int flags)
{
    return (int)syscall(SYS_open_tree, directory, path, flags);
}

static inline int sys_move_mount(int from, const char *from_path, int to, const char *to_path,
                                 unsigned int flags)
{
    return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}

static inline int sys_mount_setattr(int directory, const char *path, unsigned int flags,
                                    const struct mount_attr *attributes)
{
    return (int)syscall(SYS_mount_setattr, directory, path, flags, attributes, sizeof *attributes);
}

static inline int sys_fsopen(const char *type, unsigned int flags)
{
    return (int)syscall(SYS_fsopen, type, flags);
}

static inline int sys_fsconfig(int context, unsigned int command, const char *key,
                               const char *value)
{
    return (int)syscall(SYS_fsconfig, context, command, key, value, 0);
}

static inline int sys_fsmount(int context, unsigned int flags, unsigned int attributes)
{
    return (int)syscall(SYS_fsmount, context, flags, attributes);
}

/* ---- <linux/pidfd.h> ----------------------------------------------------------------------- */

/* Linux 6.9. */
#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP (1U << 2)
#endif

/* Linux 6.11. */
#ifndef PIDFD_GET_CGROUP_NAMESPACE
#define PIDFD_GET_CGROUP_NAMESPACE _IO(0xFF, 1)
#define PIDFD_GET_IPC_NAMESPACE _IO(0xFF, 2)
#define PIDFD_GET_MNT_NAMESPACE _IO(0xFF, 3)
#define PIDFD_GET_NET_NAMESPACE _IO(0xFF, 4)
#define PIDFD_GET_PID_NAMESPACE _IO(0xFF, 5)
#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE _IO(0xFF, 6)
#define PIDFD_GET_TIME_NAMESPACE _IO(0xFF, 7)
#define PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE _IO(0xFF, 8)
#define PIDFD_GET_USER_NAMESPACE _IO(0xFF, 9)
#define PIDFD_GET_UTS_NAMESPACE _IO(0xFF, 10)
#endif

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2) /* Linux 5.11 */
#endif

/* Close the descriptors `first` to `last`, or mark them close-on-exec. Linux 5.9. */
static inline int sys_close_range(unsigned int first, unsigned int last, unsigned int flags)
{
    return (int)syscall(SYS_close_range, first, last, flags);
}

/* A pidfd is always close-on-exec: pidfd_open(2). */
static inline int sys_pidfd_open(pid_t pid, unsigned int flags)
{
    return (int)syscall(SYS_pidfd_open, pid, flags);
}

static inline int sys_pidfd_send_signal(int pidfd, int signal_number, const siginfo_t *info,
                                        unsigned int flags)
{
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal_number, info, flags);
}

/* ---- files --------------------------------------------------------------------------------- */

/* It follows links. */
static inline int sys_fchmodat(int directory, const char *path, mode_t mode)
{
    return (int)syscall(SYS_fchmodat, directory, path, mode);
}

/* ---- users and groups ---------------------------------------------------------------------- */

/* 32-bit systems have an older call of each name, for 16-bit ids. */
#ifdef SYS_setresuid32
enum { CALL_SETRESUID = SYS_setresuid32, CALL_SETRESGID = SYS_setresgid32 };
enum { CALL_SETGROUPS = SYS_setgroups32 };
#else
enum { CALL_SETRESUID = SYS_setresuid, CALL_SETRESGID = SYS_setresgid };
enum { CALL_SETGROUPS = SYS_setgroups };
#endif

#endif
