/*
 * mount_lock.c - lock mounts against the root user of the service's user namespace
 * The kernel locks mounts when it copies them into a mount namespace that another user namespace
 * owns. A copy of the copy stays locked, wherever it is attached: mount_namespaces(7). So a child
 * creates a user namespace below the service's with a copy of the mounts, passes their tree back,
 * and ends. The service keeps its mount namespace, which nsinit has open.
 */
#include "mount/mount_lock_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/clone_process.h"
#include "linux/mount_fd.h"
#include "linux/wait.h"
#include "visit/door.h"

/*
 * In a new PID namespace the program must get PID 2, so the child takes another PID. The child
 * shares the table of descriptors. It sends no SIGCHLD, which the program would find pending.
 */
enum { CHILD_PID = 300 };

/* The child: replace the descriptor `slot` by the tree. An errno fits into an exit code. */
static _Noreturn void copy_into(int slot)
{
    int tree = -1;

    door_protect();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) {
        door_protect();
        tree = mount_fd_clone(AT_FDCWD, "/");
    }
    if (tree < 0 || dup3(tree, slot, O_CLOEXEC) < 0)
        _exit(errno);
    close(tree);
    _exit(0);
}

int mount_lock_copy(void)
{
    int slot = fd_open_path("/");
    int status;
    pid_t pid;

    if (slot < 0)
        return -1;
    pid = clone_process(CLONE_FILES, 0, getpid() == 1 ? CHILD_PID : 0);
    if (pid == 0)
        copy_into(slot);
    if (pid < 0) {
        close(slot);
        errno = -pid;
        return -1;
    }
    status = wait_for_child(pid, __WALL);
    if (status == 0)
        return slot;
    close(slot);
    if (status >= 0)
        errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
    return -1;
}
