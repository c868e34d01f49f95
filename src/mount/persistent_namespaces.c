/*
 * kept_namespaces.c - files that keep namespaces alive by a mount: --unshare TYPE=PATH
 * Only what is known to be nsinit's is undone: a mount by its id and its namespace, a file by its
 * inode. A path alone says nothing, as others mount and rename, too.
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

#include "linux/statx.h"
#include "linux/proc.h"
#include "mount/netns_private.h"
#include "linux/mount_fd.h"

static ino_t inode_of(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

/* What is at the path itself, be it a symlink. */
static int look_at(const char *path)
{
    return open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* Ids of mounts are reused, numbers of namespaces too, but not both at the same place. */
static bool is_our_mount(const struct persistent_file *name, int fd)
{
    return name->path != NULL && statx_mount_id(fd) == name->mount_id &&
           inode_of(fd) == name->namespace_inode;
}

static bool is_our_file(const struct persistent_file *name, int fd)
{
    struct stat status;

    return name->made_file && fstat(fd, &status) == 0 && status.st_dev == name->file_device &&
           status.st_ino == name->file_inode;
}

/* Take our mount off, if it is there and nothing lies over it. */
static void take_off(struct persistent_file *name)
{
    int fd = name->path != NULL ? look_at(name->path) : -1;

    if (fd >= 0 && is_our_mount(name, fd)) {
        struct proc_path link;

        /* By the descriptor, it is this mount and no other that goes. */
        (void)umount2(proc_path_of_fd(&link, fd), MNT_DETACH);
    }
    if (fd >= 0)
        close(fd);
}

static void delete_file(struct persistent_file *name, const char *path)
{
    int fd = name->made_file && path != NULL ? look_at(path) : -1;

    if (fd >= 0 && is_our_file(name, fd))
        (void)unlink(path);
    if (fd >= 0)
        close(fd);
    name->made_file = false;
}

static int remember_file(struct persistent_file *name, int fd)
{
    struct stat status;

    if (fstat(fd, &status) == 0) {
        name->made_file = true;
        name->file_device = status.st_dev;
        name->file_inode = status.st_ino;
    }
    return fd;
}

static int refuse_mount_point(const char *path, int fd, struct error *error)
{
    struct statfs system;
    bool is_namespace = fstatfs(fd, &system) == 0 && system.f_type == NSFS_MAGIC;

    if (is_namespace && strncmp(path, NETNS_DIRECTORY "/", sizeof NETNS_DIRECTORY) == 0)
        error_hint(error, "ip netns delete %s, or choose another name",
                   path + sizeof NETNS_DIRECTORY);
    else
        error_hint(error, "umount %s, or name another file", path);
    return error_reason(error, ERROR_FAILED,
                        is_namespace ? "a namespace is kept there already"
                                     : "another mount is there already");
}

/* The file to mount on: a new one, or one that is nothing but a file. Its fd, or -1. */
static int open_place(struct persistent_file *name, const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    struct stat status;

    if (fd >= 0)
        return remember_file(name, fd);
    if (errno == EEXIST)
        fd = look_at(path);
    if (fd < 0 || fstat(fd, &status) < 0)
        return error_reason(error, ERROR_FAILED, "%m");
    name->made_file = is_our_file(name, fd);
    if (statx_is_mount_root(fd))
        refuse_mount_point(path, fd, error);
    else if (!S_ISREG(status.st_mode))
        error_reason(error, ERROR_FAILED, S_ISLNK(status.st_mode) ? "is a symlink" : "is no file");
    else
        return fd;
    close(fd);
    return -1;
}

static int explain_mount(enum ns_type type, struct error *error)
{
    if (errno == EPERM || errno == EACCES)
        error_hint(error, "keeping a namespace by a bind mount needs CAP_SYS_ADMIN outside");
    else if (errno == EINVAL && type == NAMESPACE_MNT)
        error_hint(error, "a mount namespace is kept on a private mount only: "
                          "mount --bind DIR DIR; mount --make-private DIR");
    else if (errno == ENOSYS)
        error_hint(error, "it takes Linux 5.10, and a seccomp profile that knows open_tree");
    return error_reason(error, ERROR_FAILED, "mount: %m");
}

static int mount_on(struct persistent_file *name, int place, const char *path, enum ns_type type,
                    int namespace_fd, struct error *error)
{
    int tree = mount_fd_clone(namespace_fd, "");

    if (tree < 0 || mount_fd_attach(tree, place) < 0) {
        explain_mount(type, error);
        if (tree >= 0)
            close(tree);
        return -1;
    }
    name->path = path;
    name->is_new = true;
    name->mount_id = statx_mount_id(tree);
    name->namespace_inode = inode_of(tree);
    close(tree);
    return 0;
}

/* Whether the name of an earlier run stands for this namespace: the service has kept that, too. */
static bool is_kept_already(const struct persistent_file *name, int namespace_fd)
{
    int fd = name->path != NULL ? look_at(name->path) : -1;
    bool is_there =
        fd >= 0 && is_our_mount(name, fd) && inode_of(namespace_fd) == name->namespace_inode;

    if (fd >= 0)
        close(fd);
    return is_there;
}

static int make_one(struct persistent_file *name, const char *path, enum ns_type type,
                    int namespace_fd, struct error *error)
{
    int place;
    int result;

    error_subject(error, "--unshare %s=%s", ns_types[type].name, path);
    if (namespace_fd < 0) {
        errno = -namespace_fd;
        return error_reason(error, ERROR_FAILED, "the new namespace: %m");
    }
    if (is_kept_already(name, namespace_fd))
        return 0;
    take_off(name);
    name->path = NULL;
    if (netns_prepare(path, error) < 0)
        return -1;
    place = open_place(name, path, error);
    if (place < 0)
        return -1;
    result = mount_on(name, place, path, type, namespace_fd, error);
    close(place);
    if (result < 0)
        delete_file(name, path);
    return result;
}

void persistent_begin(struct persistent_ns *kept)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        kept->names[type].is_new = false;
}

ns_set persistent_types(const struct namespaces *namespaces)
{
    ns_set types = 0;

    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (namespaces_kept_at(namespaces, type) != NULL)
            types |= 1U << type;
    return types;
}

int persistent_create(struct persistent_ns *kept, const struct namespaces *namespaces,
                      const struct nsfds *own, struct error *error)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++) {
        const char *path = namespaces_kept_at(namespaces, type);

        if (path == NULL ||
            make_one(&kept->names[type], path, (enum ns_type)type, own->fds[type], error) == 0)
            continue;
        persistent_undo(kept);
        return -1;
    }
    return 0;
}

void persistent_undo(struct persistent_ns *kept)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++) {
        struct persistent_file *name = &kept->names[type];

        if (!name->is_new)
            continue;
        take_off(name);
        delete_file(name, name->path);
        *name = (struct persistent_file){0};
    }
}
