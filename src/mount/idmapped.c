/*
 * idmapped.c - mounts that show other owners of files: mount_setattr(2), MOUNT_ATTR_IDMAP
 */
#include "mount/idmapped.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "linux/mount_fd.h"
#include "linux/proc.h"
#include "linux/wait.h"
#include "mount/sources.h"
#include "plan/namespaces.h"

bool idmapped_is_wanted(const struct filesystem *plan)
{
    for (size_t i = 0; i < plan->mount_count; i++)
        if (plan->mounts[i].idmap != NULL)
            return true;
    return plan->root_idmap != NULL;
}

/*
 * Write the maps of a child that has ended, and open its user namespace. Its fd, or a negative
 * errno.
 */
static int open_user_ns(pid_t pid, const struct idmap_lines *lines)
{
    static const char *const names[] = {"uid_map", "gid_map"};
    siginfo_t info;
    int result = 0;

    for (int i = 0; i < 2 && result == 0; i++)
        result = proc_write(pid, names[i], lines->text[i]);
    (void)waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    return result < 0 ? result : proc_open(pid, "ns/user");
}

/* Create a user namespace for its map alone: it is there until the child is waited for. */
static int create_user_ns(const char *ranges, struct error *error)
{
    struct idmap_lines lines;
    int user_ns;
    pid_t pid;

    if (idmap_read(&lines, ranges, error) < 0)
        return -1;
    pid = clone_process(CLONE_NEWUSER, SIGCHLD, 0);
    if (pid == 0) {
        /* Without CAP_SYS_PTRACE the namespace of an undumpable process can't be opened. */
        (void)prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
        _exit(0);
    }
    user_ns = pid < 0 ? pid : open_user_ns(pid, &lines);
    errno = -user_ns;
    if (user_ns < 0)
        error_reason(error, ERROR_FAILED, "idmap: create a user namespace with the map: %m");
    if (pid > 0)
        (void)wait_for_child(pid, 0);
    return user_ns;
}

static int idmap_error(struct error *error)
{
    int error_number = errno;

    if (error_number == ENOSYS)
        mount_fd_missing(error, "5.12", "mount_setattr");
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
                            "idmap needs --unshare user, or ranges IN:OUT:COUNT");
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
