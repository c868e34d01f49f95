/*
 * persistent_namespaces.c - files that keep namespaces alive by a bind mount: --unshare TYPE=PATH
 * nsinit undoes only its own mounts and files: it recognises a mount by its ID and its namespace, a
 * file by its inode. A path alone is not enough, as other processes mount and rename too.
 */
#include "mount/persistent_namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/nsfs.h"
#include "linux/fd.h"
#include "linux/statx.h"
#include "linux/proc.h"
#include "mount/netns.h"
#include "linux/mount_fd.h"

/* Open the file at the path itself, even if it is a symlink. */
static int open_path(const char *path)
{
    return open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* Mount IDs and inode numbers of namespaces are reused, but not both at one path. */
static bool is_own_mount(const struct persistent_file *file, int fd)
{
    return file->path != NULL && statx_mount_id(fd) == file->mount_id &&
           nsfs_id(fd) == file->namespace_inode;
}

static bool is_own_file(const struct persistent_file *file, int fd)
{
    struct stat status;

    return file->made_file && fstat(fd, &status) == 0 && status.st_dev == file->file_device &&
           status.st_ino == file->file_inode;
}

/* Unmount nsinit's mount, if it is there and no other one is on top of it. */
static void unmount_own(struct persistent_file *file)
{
    int fd = file->path != NULL ? open_path(file->path) : -1;

    if (fd >= 0 && is_own_mount(file, fd)) {
        struct proc_path link;

        /* Use the descriptor, which stands for this mount and no other. */
        (void)umount2(proc_path_of_fd(&link, fd), MNT_DETACH);
    }
    fd_close(fd);
}

static void delete_file(struct persistent_file *file, const char *path)
{
    int fd = file->made_file && path != NULL ? open_path(path) : -1;

    if (fd >= 0 && is_own_file(file, fd))
        (void)unlink(path);
    fd_close(fd);
    file->made_file = false;
}

static int record_file(struct persistent_file *file, int fd)
{
    struct stat status;

    if (fstat(fd, &status) == 0) {
        file->made_file = true;
        file->file_device = status.st_dev;
        file->file_inode = status.st_ino;
    }
    return fd;
}

static int mount_point_error(const char *path, int fd, struct error *error)
{
    struct statfs system;
    bool is_namespace = fstatfs(fd, &system) == 0 && system.f_type == NSFS_MAGIC;

    if (is_namespace && strncmp(path, NETNS_DIRECTORY "/", sizeof NETNS_DIRECTORY) == 0)
        error_hint(error, "ip netns delete %s, or choose another name",
                   path + sizeof NETNS_DIRECTORY);
    else
        error_hint(error, "umount %s, or choose another path", path);
    return error_reason(error, ERROR_FAILED,
                        is_namespace ? "a namespace is mounted there already"
                                     : "another mount is there already");
}

/* Open the file to mount on, a new one or an existing regular file. Its fd, or -1. */
static int open_file(struct persistent_file *file, const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    struct stat status;

    if (fd >= 0)
        return record_file(file, fd);
    if (errno == EEXIST)
        fd = open_path(path);
    if (fd < 0 || fstat(fd, &status) < 0)
        return error_reason(error, ERROR_FAILED, "create the file: %m");
    file->made_file = is_own_file(file, fd);
    if (statx_is_mount_root(fd))
        mount_point_error(path, fd, error);
    else if (!S_ISREG(status.st_mode))
        error_reason(error, ERROR_FAILED,
                     S_ISLNK(status.st_mode) ? "the path is a symlink"
                                             : "the path is not a regular file");
    else
        return fd;
    close(fd);
    return -1;
}

static int bind_error(enum ns_type type, struct error *error)
{
    if (errno == EPERM || errno == EACCES)
        error_hint(error, "run nsinit with CAP_SYS_ADMIN: a bind mount keeps the namespace");
    else if (errno == EINVAL && type == NAMESPACE_MNT)
        error_hint(error, "put a mount namespace on a private mount: "
                          "mount --bind DIR DIR; mount --make-private DIR");
    else if (errno == ENOSYS)
        mount_fd_missing(error, "5.10", "open_tree");
    return error_reason(error, ERROR_FAILED, "bind mount: %m");
}

static int mount_on(struct persistent_file *file, int target, const char *path, enum ns_type type,
                    int namespace_fd, struct error *error)
{
    int tree = mount_fd_clone(namespace_fd, "");

    if (tree < 0 || mount_fd_attach(tree, target) < 0) {
        bind_error(type, error);
        fd_close(tree);
        return -1;
    }
    file->path = path;
    file->is_new = true;
    file->mount_id = statx_mount_id(tree);
    file->namespace_inode = nsfs_id(tree);
    close(tree);
    return 0;
}

/* Whether the file of an earlier run has this namespace: a service may keep its namespaces. */
static bool is_there_already(const struct persistent_file *file, int namespace_fd)
{
    int fd = file->path != NULL ? open_path(file->path) : -1;
    bool is_there =
        fd >= 0 && is_own_mount(file, fd) && nsfs_id(namespace_fd) == file->namespace_inode;

    fd_close(fd);
    return is_there;
}

static int create_one(struct persistent_file *file, const char *path, enum ns_type type,
                      int namespace_fd, struct error *error)
{
    int target;
    int result;

    error_subject(error, "--unshare %s=%s", ns_types[type].name, path);
    if (namespace_fd < 0) {
        errno = -namespace_fd;
        return error_reason(error, ERROR_FAILED, "open the new namespace: %m");
    }
    if (is_there_already(file, namespace_fd))
        return 0;
    unmount_own(file);
    file->path = NULL;
    if (netns_prepare(path, error) < 0)
        return -1;
    target = open_file(file, path, error);
    if (target < 0)
        return -1;
    result = mount_on(file, target, path, type, namespace_fd, error);
    close(target);
    if (result < 0)
        delete_file(file, path);
    return result;
}

void persistent_begin(struct persistent_ns *persistent)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        persistent->files[type].is_new = false;
}

ns_set persistent_types(const struct namespaces *namespaces)
{
    ns_set types = 0;

    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (namespaces_kept_at(namespaces, type) != NULL)
            types |= 1U << type;
    return types;
}

int persistent_create(struct persistent_ns *persistent, const struct namespaces *namespaces,
                      const struct nsfds *ns_fds, struct error *error)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++) {
        const char *path = namespaces_kept_at(namespaces, type);

        if (path == NULL || create_one(&persistent->files[type], path, (enum ns_type)type,
                                       ns_fds->fds[type], error) == 0)
            continue;
        persistent_undo(persistent);
        return -1;
    }
    return 0;
}

void persistent_undo(struct persistent_ns *persistent)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++) {
        struct persistent_file *file = &persistent->files[type];

        if (!file->is_new)
            continue;
        unmount_own(file);
        delete_file(file, file->path);
        *file = (struct persistent_file){0};
    }
}
