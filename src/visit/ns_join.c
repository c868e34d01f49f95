/*
 * ns_join.c - open namespaces that exist, to be joined
 */
#include "visit/ns_join.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/parse.h"
#include "linux/proc.h"
#include "util/strbuf.h"

/* The path of a namespace of the type at the source. */
static void set_path(char path[PATH_MAX], const char *source, enum namespace_type type)
{
    const char *name = netns_name_of(source);
    unsigned long pid;

    if (parse_number(source, INT_MAX, &pid) == 0)
        strbuf_set(path, PATH_MAX, "/proc/%lu/ns/%s", pid, namespace_kinds[type].name);
    else if (name != NULL)
        strbuf_set(path, PATH_MAX, NETNS_DIRECTORY "/%s", name);
    else
        strbuf_set(path, PATH_MAX, "%s", source);
}

static int explain_open(const char *path, const char *source, struct error *error)
{
    unsigned long pid;

    if (errno == ENOENT && parse_number(source, INT_MAX, &pid) == 0)
        return error_reason(error, ERROR_FAILED, "there is no process %s here", source);
    if (errno == EACCES || errno == EPERM)
        error_hint(error, "that takes the rights to ptrace the process: root, or its own user "
                          "and CAP_SYS_PTRACE in its user namespace");
    return error_reason(error, ERROR_FAILED, "%s: %m", path);
}

/* 0 or a negative errno. Without /proc the kernel is asked for the namespace itself. */
static int stat_own(enum namespace_type type, struct stat *status)
{
    char path[64];
    int fd;
    int result;

    strbuf_set(path, sizeof path, "/proc/self/ns/%s", namespace_kinds[type].name);
    if (stat(path, status) == 0)
        return 0;
    fd = nsfd_open_own(getpid(), type);
    if (fd < 0)
        return fd;
    result = fstat(fd, status);
    close(fd);
    return result;
}

/* setns(2) to the own user namespace is EINVAL, to any other own one needless. */
static bool is_own(int fd, enum namespace_type type)
{
    struct stat theirs;
    struct stat ours;

    return fstat(fd, &theirs) == 0 && stat_own(type, &ours) == 0 && theirs.st_dev == ours.st_dev &&
           theirs.st_ino == ours.st_ino;
}

static int open_one(struct nsfds *open_set, const struct ns_join *join, enum namespace_type type,
                    struct error *error)
{
    char path[PATH_MAX];
    int fd;

    set_path(path, join->source, type);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        /* A kernel without this type is no obstacle to "all that differ". */
        if (join->all && errno == ENOENT && access("/proc/self/ns", F_OK) == 0 &&
            type != NAMESPACE_MNT)
            return 0;
        error_subject(error, "--enter %s=%s", namespace_kinds[type].name, join->source);
        return explain_open(path, join->source, error);
    }
    if (is_own(fd, type)) {
        close(fd);
        return 0;
    }
    if (open_set->fds[type] >= 0)
        close(open_set->fds[type]);
    open_set->fds[type] = fd;
    return 0;
}

struct nsfds nsfds_none(void)
{
    struct nsfds none;

    for (int type = 0; type < NAMESPACE_COUNT; type++)
        none.fds[type] = -1;
    return none;
}

static bool has_one_for_children(enum namespace_type type)
{
    return type == NAMESPACE_PID || type == NAMESPACE_TIME;
}

/*
 * PIDFD_GET_..._NAMESPACE of <linux/pidfd.h>, Linux 6.11: numbers of ioctl group 0xFF. That of the
 * children is the next one to its own.
 */
static int ask_pidfd(pid_t pid, enum namespace_type type, bool of_children)
{
    static const unsigned char numbers[NAMESPACE_COUNT] = {
        [NAMESPACE_CGROUP] = 1, [NAMESPACE_IPC] = 2,  [NAMESPACE_MNT] = 3,  [NAMESPACE_NET] = 4,
        [NAMESPACE_PID] = 5,    [NAMESPACE_TIME] = 7, [NAMESPACE_USER] = 9, [NAMESPACE_UTS] = 10};
    unsigned int number = numbers[type];
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    int fd;

    if (pidfd < 0)
        return -errno;
    if (of_children && has_one_for_children(type))
        number++;
    /* The two libcs disagree on the type of a request. */
    fd = (int)syscall(SYS_ioctl, pidfd, (unsigned long)_IO(0xFF, number), 0UL);
    fd = fd < 0 ? -errno : fd;
    close(pidfd);
    return fd;
}

/* Before Linux 6.11. */
static int open_by_proc(pid_t pid, enum namespace_type type, bool of_children)
{
    char path[64];
    int fd;

    if (!proc_is_ours())
        return -EOPNOTSUPP;
    strbuf_set(path, sizeof path, "/proc/%d/ns/%s%s", pid, namespace_kinds[type].name,
               of_children && has_one_for_children(type) ? "_for_children" : "");
    fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int open_of(pid_t pid, enum namespace_type type, bool of_children)
{
    int fd = ask_pidfd(pid, type, of_children);

    /* The kernel does not know the question, nor does qemu-user (ENOSYS); EOPNOTSUPP: nor such a
     * namespace. */
    if (fd == -ENOTTY || fd == -EINVAL || fd == -ENOSYS)
        return open_by_proc(pid, type, of_children);
    return fd == -EOPNOTSUPP ? -ENOENT : fd;
}

int nsfd_open_of(pid_t pid, enum namespace_type type)
{
    return open_of(pid, type, true);
}

int nsfd_open_own(pid_t pid, enum namespace_type type)
{
    return open_of(pid, type, false);
}

void nsfds_open_of(struct nsfds *open, pid_t pid, namespace_set types)
{
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (namespaces_have(types, (enum namespace_type)type))
            open->fds[type] = nsfd_open_of(pid, (enum namespace_type)type);
}

/*
 * Copies of what is given, but for our own. 0, or -1 with errno: a service is not to run in
 * nsinit's own namespace instead.
 */
static int take_given(struct nsfds *open, const struct nsfds *given)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++) {
        if (given->fds[type] < 0 || is_own(given->fds[type], (enum namespace_type)type))
            continue;
        open->fds[type] = fcntl(given->fds[type], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (open->fds[type] < 0)
            return -1;
    }
    return 0;
}

static bool is_service(const struct ns_join *join)
{
    return strncmp(join->source, "service:", 8) == 0;
}

int nsfds_open(struct nsfds *open, const struct namespaces *namespaces, const struct nsfds *given,
               struct error *error)
{
    *open = nsfds_none();
    if (given != NULL && take_given(open, given) < 0) {
        error_failed(error, "the namespaces of the pod");
        nsfds_close(open);
        return -1;
    }
    for (size_t i = 0; i < namespaces->entrance_count; i++) {
        const struct ns_join *join = &namespaces->joins[i];

        for (int type = 0; type < NAMESPACE_COUNT; type++)
            if (namespaces_have(join->types, (enum namespace_type)type) && !is_service(join) &&
                open_one(open, join, (enum namespace_type)type, error) < 0) {
                nsfds_close(open);
                return -1;
            }
    }
    return 0;
}

void nsfds_close(struct nsfds *open)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (open->fds[type] >= 0) {
            close(open->fds[type]);
            open->fds[type] = -1;
        }
}
