/*
 * door.c - protect a process of nsinit before it joins a service's namespaces
 */
#include "visit/door.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/capabilities.h"
#include "linux/nsfs.h"
#include "linux/proc.h"
#include "linux/syscalls.h"

/*
 * One poll(2) finds the descriptors below POLLED_FDS, which is cheaper than /proc/self/fd with an
 * inode for each entry. The kernel gives the lowest free number: if the upper half has none, then
 * only a number that nsinit's parent has chosen is beyond, and it is closed.
 */
enum { POLLED_FDS = 512, LOWER_FDS = POLLED_FDS / 2 };

static bool is_kept(const struct kept_fds *kept_fds, int fd)
{
    for (size_t i = 0; i < kept_fds->count; i++)
        if (kept_fds->files[i] == fd)
            return true;
    return false;
}

static void close_unless_kept(const struct kept_fds *kept_fds, int fd)
{
    if (fd <= STDERR_FILENO || is_kept(kept_fds, fd))
        return;
    if (!kept_fds->keeps_inherited || (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0)
        close(fd);
}

/* False without /proc. */
static bool close_by_proc(const struct kept_fds *kept_fds)
{
    DIR *directory = opendir("/proc/self/fd");
    int fd;

    if (directory == NULL)
        return false;
    while ((fd = proc_next_fd(directory)) >= 0)
        if (fd != dirfd(directory))
            close_unless_kept(kept_fds, fd);
    closedir(directory);
    return true;
}

static void close_from_to(int first, unsigned int last)
{
    if ((unsigned int)first <= last)
        (void)sys_close_range((unsigned int)first, last, 0);
}

/* False, with nothing closed, if there are descriptors in the upper half. */
static bool close_by_poll(const struct kept_fds *kept_fds)
{
    struct pollfd fds[POLLED_FDS];

    for (int fd = 0; fd < POLLED_FDS; fd++)
        fds[fd] = (struct pollfd){.fd = fd};
    for (size_t i = 0; i < kept_fds->count; i++)
        if (kept_fds->files[i] >= LOWER_FDS)
            return false;
    if (poll(fds, POLLED_FDS, 0) < 0)
        return false;
    for (int fd = LOWER_FDS; fd < POLLED_FDS; fd++)
        if ((fds[fd].revents & POLLNVAL) == 0)
            return false;
    for (int fd = 0; fd < LOWER_FDS; fd++)
        if ((fds[fd].revents & POLLNVAL) == 0)
            close_unless_kept(kept_fds, fd);
    close_from_to(LOWER_FDS, UINT_MAX);
    return true;
}

/* The lowest kept descriptor that is not below `first`, or -1. */
static int lowest_kept(const struct kept_fds *kept_fds, int first)
{
    int lowest = -1;

    for (size_t i = 0; i < kept_fds->count; i++)
        if (kept_fds->files[i] >= first && (lowest < 0 || kept_fds->files[i] < lowest))
            lowest = kept_fds->files[i];
    return lowest;
}

/* Close inherited descriptors too: no descriptor of nsinit may stay open. */
static void close_all_but_kept(const struct kept_fds *kept_fds)
{
    int first = STDERR_FILENO + 1;
    int kept;

    for (; (kept = lowest_kept(kept_fds, first)) >= 0; first = kept + 1)
        close_from_to(first, (unsigned int)kept - 1);
    close_from_to(first, UINT_MAX);
}

void door_close_fds(const struct kept_fds *kept_fds)
{
    if (!kept_fds->keeps_inherited || (!close_by_poll(kept_fds) && !close_by_proc(kept_fds)))
        close_all_but_kept(kept_fds);
}

void door_die_with_parent(void)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void door_set_undumpable(void)
{
    (void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
}

void door_protect(void)
{
    door_set_undumpable();
    door_die_with_parent();
}

bool door_is_below_root(void)
{
    char path[PATH_MAX];

    /* The system call itself: getcwd(3) turns "(unreachable)" into an error or walks up the tree.
     */
    return syscall(SYS_getcwd, path, sizeof path) > 0 && path[0] == '/';
}

bool door_may_ptrace(void)
{
    return capability_is_effective(CAP_SYS_PTRACE);
}

static int join(int fd, enum ns_type type)
{
    return setns(fd, (int)ns_types[type].clone_flag);
}

static int join_error(enum ns_type type, struct error *error)
{
    if (errno == EPERM && type != NAMESPACE_USER)
        error_hint(error, "enter its user namespace, too, by --enter user=..., for CAP_SYS_ADMIN "
                          "in it");
    error_subject(error, "--enter %s", ns_types[type].name);
    return error_reason(error, ERROR_FAILED,
                        type == NAMESPACE_PID && errno == EINVAL
                            ? "a PID namespace above nsinit's own cannot be entered"
                            : "setns: %m");
}

/* Whether the first user namespace owns the other namespace: ioctl_ns(2). */
static bool is_owned_by(int fd, int user_fd)
{
    uint64_t owner = nsfs_owner(fd);

    return owner != 0 && owner == nsfs_id(user_fd);
}

/*
 * Join the namespaces in `left`; the mount namespace comes late, as it changes the root directory
 * and with it /proc. With `user_fd`, join only the namespaces that this user namespace does not
 * own; a refused one stays in `left`, to be joined after the user namespace.
 */
static int join_some(struct nsfds *left, int user_fd, struct error *error)
{
    for (int type = NAMESPACE_COUNT - 1; type > NAMESPACE_USER; type--) {
        int fd = left->fds[type];

        if (fd < 0 || (user_fd >= 0 && is_owned_by(fd, user_fd)))
            continue;
        if (join(fd, (enum ns_type)type) == 0)
            left->fds[type] = -1;
        else if (user_fd < 0 || errno != EPERM)
            return join_error((enum ns_type)type, error);
    }
    return 0;
}

int door_enter(const struct nsfds *open, int (*set_ids)(struct error *error), struct error *error)
{
    struct nsfds left = *open;
    int user_fd = open->fds[NAMESPACE_USER];

    if (user_fd >= 0) {
        if (join_some(&left, user_fd, error) < 0)
            return -1;
        if (join(user_fd, NAMESPACE_USER) < 0)
            return join_error(NAMESPACE_USER, error);
        door_protect();
        if (set_ids(error) < 0)
            return -1;
        door_protect();
    }
    return join_some(&left, -1, error);
}
