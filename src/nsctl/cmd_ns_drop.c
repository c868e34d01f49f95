/*
 * cmd_ns_drop.c - nsctl ns --drop: unmount kept namespaces, as ip netns delete does
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "inspect/held_namespaces.h"
#include "linux/proc.h"
#include "linux/statx.h"
#include "nsctl/cmd_ns_private.h"

static int open_path(const char *path)
{
    return open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* A file below /proc/PID/ns is a namespace, too, but not mounted there. */
static bool is_mounted_namespace(int fd)
{
    struct statfs system;

    return fstatfs(fd, &system) == 0 && system.f_type == NSFS_MAGIC && statx_is_mount_root(fd);
}

/* Unmount it by its descriptor, which stands for this mount and no other. 0, or -1 with errno. */
static int unmount(const char *path)
{
    int fd = open_path(path);
    struct proc_path link;
    int result = -1;

    if (fd < 0)
        return -1;
    if (is_mounted_namespace(fd))
        result = umount2(proc_path_of_fd(&link, fd), MNT_DETACH);
    else
        errno = EINVAL;
    close(fd);
    return result;
}

/* The file that was made for the mount is empty, and nothing else is mounted on it. */
static void delete_file(const char *path)
{
    int fd = open_path(path);
    struct stat status;

    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0 &&
        !statx_is_mount_root(fd))
        (void)unlink(path);
    close(fd);
}

static int drop(const char *source, struct failure *failure)
{
    char path[PATH_MAX];

    held_namespaces_set_path(path, source);
    if (unmount(path) == 0) {
        delete_file(path);
        return 0;
    }
    failure->exit_code = EXIT_REFUSED;
    if (errno != EINVAL)
        return error_failed(&failure->error, "%s", source);
    error_hint(&failure->error, "nsctl ns shows the paths of namespaces");
    return failure_set(failure, source, "no namespace is mounted there");
}

int ns_drop(const struct call *call, struct failure *failure)
{
    for (char **word = call->words; *word != NULL; word++)
        if (drop(*word, failure) < 0)
            return -1;
    return 0;
}
