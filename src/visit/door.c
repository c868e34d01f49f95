/*
 * door.c - the one door into a service
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
#include "util/parse.h"

/*
 * Descriptors are looked for up to SEARCHED_FDS by one system call, as each entry of /proc/self/fd
 * costs the kernel an inode. Numbers are given from below: without one in the upper half there is
 * none beyond, unless the starter of nsinit has chosen it, and then it is closed with the rest.
 */
enum { SEARCHED_FDS = 512, FEW_FDS = SEARCHED_FDS / 2 };

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

/* False where /proc does not tell. */
static bool close_by_proc(const struct kept_fds *kept_fds)
{
    DIR *directory = opendir("/proc/self/fd");
    const struct dirent *entry;
    unsigned long number;

    if (directory == NULL)
        return false;
    while ((entry = readdir(directory)) != NULL)
        if (parse_number(entry->d_name, INT_MAX, &number) == 0 && (int)number != dirfd(directory))
            close_unless_kept(kept_fds, (int)number);
    closedir(directory);
    return true;
}

static void close_from_to(int first, unsigned int last)
{
    if ((unsigned int)first <= last)
        (void)syscall(SYS_close_range, (unsigned int)first, last, 0U);
}

/* False, with nothing closed, where there may be more beyond those that are looked at. */
static bool close_by_search(const struct kept_fds *kept_fds)
{
    struct pollfd fds[SEARCHED_FDS];

    for (int fd = 0; fd < SEARCHED_FDS; fd++)
        fds[fd] = (struct pollfd){.fd = fd};
    for (size_t i = 0; i < kept_fds->count; i++)
        if (kept_fds->files[i] >= FEW_FDS)
            return false;
    if (poll(fds, SEARCHED_FDS, 0) < 0)
        return false;
    for (int fd = FEW_FDS; fd < SEARCHED_FDS; fd++)
        if ((fds[fd].revents & POLLNVAL) == 0)
            return false;
    for (int fd = 0; fd < FEW_FDS; fd++)
        if ((fds[fd].revents & POLLNVAL) == 0)
            close_unless_kept(kept_fds, fd);
    close_from_to(FEW_FDS, UINT_MAX);
    return true;
}

static void sort(int *numbers, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && numbers[j - 1] > numbers[j]; j--) {
            int swapped = numbers[j];

            numbers[j] = numbers[j - 1];
            numbers[j - 1] = swapped;
        }
}

static void close_all_but(int *keep, size_t count)
{
    int first = STDERR_FILENO + 1;

    sort(keep, count);
    for (size_t i = 0; i < count; i++) {
        if (keep[i] < first)
            continue;
        close_from_to(first, (unsigned int)keep[i] - 1);
        first = keep[i] + 1;
    }
    close_from_to(first, UINT_MAX);
}

/* Neither tells: no file of nsinit's own may stay, whatever else goes with it. */
static void close_most(const struct kept_fds *kept_fds)
{
    struct kept_fds kept = *kept_fds;

    close_all_but(kept.files, kept.count);
}

void door_close_fds(const struct kept_fds *kept_fds)
{
    if (!kept_fds->keeps_inherited || (!close_by_search(kept_fds) && !close_by_proc(kept_fds)))
        close_most(kept_fds);
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

bool door_may_ptrace(void)
{
    return capability_is_effective(CAP_SYS_PTRACE);
}

static int join(int fd, enum ns_type type)
{
    return setns(fd, (int)ns_types[type].clone_flag);
}

static int explain_join(enum ns_type type, struct error *error)
{
    if (errno == EPERM && type != NAMESPACE_USER)
        error_hint(error, "that needs CAP_SYS_ADMIN in the user namespace that owns it: "
                          "enter that one as well (user=...)");
    error_subject(error, "--enter %s", ns_types[type].name);
    return error_reason(error, ERROR_FAILED,
                        type == NAMESPACE_PID && errno == EINVAL
                            ? "only a PID namespace below nsinit's own can be entered"
                            : "setns: %m");
}

/* Whether the user namespace has the rights over the other namespace: ioctl_ns(2). */
static bool is_owned_by(int fd, int user_fd)
{
    uint64_t owner = nsfs_owner(fd);

    return owner != 0 && owner == nsfs_id(user_fd);
}

/*
 * Join those that are left, the mount namespace last but one: it moves the root directory, and
 * /proc with it. With `user_fd` it is the turn of those that the user namespace has no rights over,
 * and one that is refused may be joined from inside.
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
            return explain_join((enum ns_type)type, error);
    }
    return 0;
}

int door_enter(const struct nsfds *open, int (*settle)(struct error *error), struct error *error)
{
    struct nsfds left = *open;
    int user_fd = open->fds[NAMESPACE_USER];

    if (user_fd >= 0) {
        if (join_some(&left, user_fd, error) < 0)
            return -1;
        if (join(user_fd, NAMESPACE_USER) < 0)
            return explain_join(NAMESPACE_USER, error);
        door_protect();
        if (settle(error) < 0)
            return -1;
        door_protect();
    }
    return join_some(&left, -1, error);
}
