/*
 * mount_lock.c - mounts that nobody in the service's user namespace can undo
 * The kernel locks mounts when they are copied into a mount namespace that another user namespace
 * owns, and a copy of such a copy stays locked, wherever it is attached: mount_namespaces(7). So a
 * child makes a user namespace below the service's with a copy of its mounts, hands a tree of them
 * back, and ends. The service's own mount namespace stays the one that it is known by.
 */
#include "spawn/mount_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawn/calls.h"
#include "spawn/tree.h"
#include "visit/door.h"

/* The kernel's struct clone_args, as of Linux 5.5: clone(2). */
struct clone_arguments {
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

/*
 * As fork(2), with one table of files for both, and no SIGCHLD that the program would inherit. In
 * a new PID namespace 2 is to be the program's number, so the child asks for another.
 */
static pid_t fork_with_shared_files(void)
{
    const pid_t number = 300;
    struct clone_arguments arguments = {
        .flags = CLONE_FILES, .set_tid = (uintptr_t)&number, .set_tid_size = getpid() == 1};
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);

    /* A seccomp profile hides clone3, or the number is out of the range of pid_max. */
    if (pid < 0)
#ifdef __s390x__
        pid = syscall(SYS_clone, 0L, (unsigned long)CLONE_FILES, 0L, 0L, 0L);
#else
        pid = syscall(SYS_clone, (unsigned long)CLONE_FILES, 0L, 0L, 0L, 0L);
#endif
    return (pid_t)pid;
}

/* The child: put the tree in the place of `slot`. An errno fits into an exit code. */
static _Noreturn void copy_into(int slot)
{
    int tree = -1;

    door_bolt();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) {
        door_bolt();
        tree = tree_clone(AT_FDCWD, "/");
    }
    if (tree < 0 || dup3(tree, slot, O_CLOEXEC) < 0)
        _exit(errno);
    close(tree);
    _exit(0);
}

int mount_lock_copy(void)
{
    int slot = open("/", O_PATH | O_CLOEXEC);
    int status = 0;
    pid_t pid = slot < 0 ? -1 : fork_with_shared_files();

    if (pid < 0)
        return -1;
    if (pid == 0)
        copy_into(slot);
    while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
        ;
    if (status == 0)
        return slot;
    close(slot);
    errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
    return -1;
}
