/*
 * idmapped.c - mounts that show other owners of files: mount_setattr(2), MOUNT_ATTR_IDMAP
 */
#include "mount/idmapped.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "linux/mount_fd.h"
#include "linux/wait.h"
#include "mount/sources.h"
#include "plan/namespaces.h"
#include "util/file.h"
#include "util/strbuf.h"

bool idmapped_is_wanted(const struct filesystem *plan)
{
    for (size_t i = 0; i < plan->mount_count; i++)
        if (plan->mounts[i].idmap != NULL)
            return true;
    return plan->root_idmap != NULL;
}

static int write_map(pid_t pid, const char *file, const char *ranges, char kind,
                     struct error *error)
{
    char path[40];
    char content[IDMAP_LINES_SIZE];
    struct strbuf lines = strbuf_in(content, sizeof content);

    if (idmap_lines(&lines, ranges, kind, error) < 0)
        return -1;
    strbuf_set(path, sizeof path, "/proc/%d/%s", pid, file);
    errno = -file_write(path, content);
    return errno != 0 ? error_reason(error, ERROR_FAILED, "idmap: write %s: %m", file) : 0;
}

/* Open the user namespace of a child that has ended, which is there until it is waited for. */
static int open_user_ns(pid_t pid, const char *ranges, struct error *error)
{
    char path[40];
    siginfo_t info;
    int user_ns;

    if (write_map(pid, "uid_map", ranges, 'u', error) < 0 ||
        write_map(pid, "gid_map", ranges, 'g', error) < 0)
        return -1;
    strbuf_set(path, sizeof path, "/proc/%d/ns/user", pid);
    (void)waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    user_ns = open(path, O_RDONLY | O_CLOEXEC);
    return user_ns < 0 ? error_reason(error, ERROR_FAILED, "idmap: %s: %m", path) : user_ns;
}

/* Create a user namespace for its map alone. */
static int create_user_ns(const char *ranges, struct error *error)
{
    pid_t pid = clone_process(CLONE_NEWUSER, SIGCHLD, 0);
    int user_ns;

    if (pid == 0) {
        /* Without CAP_SYS_PTRACE the namespace of an undumpable process can't be opened. */
        (void)prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
        _exit(0);
    }
    errno = -pid;
    if (pid < 0)
        return error_reason(error, ERROR_FAILED, "idmap: create a user namespace: %m");
    user_ns = open_user_ns(pid, ranges, error);
    (void)wait_for_child(pid, 0);
    return user_ns;
}

static int idmap_error(struct error *error)
{
    int error_number = errno;

    if (error_number == ENOSYS)
        error_hint(error,
                   "use Linux 5.12 or newer, and a seccomp profile that permits mount_setattr");
    else if (error_number == EPERM)
        error_hint(error, "run nsinit as root of the machine, and map a source only once");
    else if (error_number == EINVAL)
        error_hint(error, "use ext4, xfs, btrfs (Linux 5.15) or tmpfs (6.3), or add "
                          "bind-nonrecursive");
    return error_reason(error, ERROR_FAILED,
                        error_number == EINVAL
                            ? "idmap: not supported by this file system, or by one below it"
                            : "idmap: %m");
}

/* Replace the opened file of the source by a mapped copy of its mount. */
static int replace(const struct source *source, const char *ranges, int user_ns, int *file,
                   struct error *error)
{
    /* An image has a mount of its own already. */
    int tree = source->is_image ? dup(*file) : source_clone(source, *file);

    if (tree < 0)
        return source_error(source, error);
    close(*file);
    *file = tree;
    if (ranges[0] != '\0')
        user_ns = create_user_ns(ranges, error);
    else if (user_ns < 0)
        return error_reason(error, ERROR_FAILED,
                            "idmap needs a user namespace of the service, or a map: "
                            "idmap=IN:OUT:COUNT");
    if (user_ns < 0)
        return -1;
    if (mount_fd_idmap(tree, user_ns) < 0)
        return idmap_error(error);
    if (ranges[0] != '\0')
        close(user_ns);
    return 0;
}

int idmapped_copy_sources(const struct filesystem *plan, const struct nsfds *service, int *files,
                          struct error *error)
{
    struct source source = {0};
    bool has_joined = false;

    for (; source_next(&source, plan); files++) {
        const char *ranges = source_idmap(&source, plan);

        if (ranges == NULL || *files < 0)
            continue;
        source_subject(&source, error);
        if (!has_joined && setns(service->fds[NAMESPACE_MNT], CLONE_NEWNS) < 0)
            return idmap_error(error);
        has_joined = true;
        if (replace(&source, ranges, service->fds[NAMESPACE_USER], files, error) < 0)
            return -1;
    }
    return 0;
}
