/*
 * mount.c - perform each --mount, and mount a fresh proc
 */
#include "mount/mount_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mount/content_private.h"
#include "mount/dev.h"
#include "mount/overlay_private.h"
#include "mount/propagation_private.h"
#include "mount/sources.h"
#include "linux/fd.h"
#include "linux/mount_fd.h"
#include "util/strbuf.h"

/* The new file systems, by enum mount_type. */
static const struct {
    const char *type;
    unsigned int flags;
} file_systems[] = {
    /* Docker's flags. */
    [MOUNT_TMPFS] = {"tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC},
    [MOUNT_PROC] = {"proc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC},
    [MOUNT_SYSFS] = {"sysfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC},
    [MOUNT_MQUEUE] = {"mqueue", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC},
    [MOUNT_DEVPTS] = {"devpts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC},
    [MOUNT_FILE] = {"tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC},
    [MOUNT_CGROUP2] = {"cgroup2", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC},
};

int mount_error(struct error *error, const char *attempt)
{
    if (errno == ENOSYS)
        mount_fd_missing(error, "5.10", "open_tree");
    return error_reason(error, ERROR_FAILED, "%s%s%m", attempt, attempt[0] != '\0' ? ": " : "");
}

/*
 * Copy the tree at `file`. A file of another mount namespace cannot be copied (EINVAL): source_open
 * replaces it by the file of the same path in this namespace.
 */
static int clone_source(const struct source *source, int *file, struct error *error)
{
    int tree = source_clone(source, *file);

    if (tree < 0 && errno == EINVAL) {
        int root = fd_open_path("/");
        int own = source_open(source, root, error);

        close(root);
        if (own < 0)
            return -1;
        close(*file);
        *file = own;
        tree = source_clone(source, own);
    }
    return tree < 0 ? source_error(source, error) : tree;
}

static int open_root(struct rootfs *rootfs, const struct source *source, int file,
                     struct error *error)
{
    bool is_tree = source->is_image || source_idmap(source, rootfs->plan) != NULL;

    rootfs->root_place = is_tree ? -1 : file;
    rootfs->root.fd = is_tree ? file : clone_source(source, &rootfs->root_place, error);
    return rootfs->root.fd < 0 ? -1 : 0;
}

/* idmapped.h makes the mapped copies. */
static int unmapped_error(const struct source *source, struct error *error)
{
    source_subject(source, error);
    return error_reason(error, ERROR_FAILED,
                        "idmap needs a copy of nsinit's own mount namespace, and its /proc");
}

static int open_source(struct rootfs *rootfs, const struct source *source, size_t i,
                       const int *opened, struct error *error)
{
    int file = opened != NULL ? opened[i] : mount_fd_open(source->path);

    if (file < 0 && (opened != NULL || source_may_miss(source))) {
        rootfs->sources[i] = -1;
        return 0;
    }
    if (file < 0)
        return source_error(source, error);
    if (opened == NULL && source_idmap(source, rootfs->plan) != NULL)
        return unmapped_error(source, error);
    if (opened == NULL && source->is_image)
        file = source_mount_image(source, file, error);
    if (file < 0)
        return -1;
    if (source->mount == NULL && rootfs->plan->overlay == NULL)
        return open_root(rootfs, source, file, error);
    rootfs->sources[i] = file;
    if (source->part == SOURCE_ROOT && rootfs->lower_count++ == 0)
        rootfs->lower_source = i;
    if (source->mount == NULL || source->mount->type != MOUNT_BIND || source->mount->idmap != NULL)
        return 0;
    rootfs->sources[i] = clone_source(source, &file, error);
    close(file);
    return rootfs->sources[i] < 0 ? -1 : 0;
}

/* Not inlined: an inner init would keep the path on its stack. */
__attribute__((noinline)) static int open_sources(struct rootfs *rootfs, const int *opened,
                                                  struct error *error)
{
    struct source source = {0};

    for (size_t i = 0; source_next(&source, rootfs->plan); i++)
        if (open_source(rootfs, &source, i, opened, error) < 0)
            return -1;
    return 0;
}

static void open_proc_fds(struct rootfs *rootfs)
{
    if (rootfs->proc_fds < 0)
        rootfs->proc_fds = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int mounts_open_sources(struct rootfs *rootfs, const int *opened, struct error *error)
{
    const struct filesystem *plan = rootfs->plan;
    if (sources_count(plan) > 0 && open_sources(rootfs, opened, error) < 0)
        return -1;
    if (plan->overlay != NULL)
        open_proc_fds(rootfs);
    for (size_t i = 0; i < plan->mount_count; i++)
        if (plan->mounts[i].type == MOUNT_DEV && rootfs->old_dev < 0)
            rootfs->old_dev = fd_open_path("/dev");
        else if (plan->mounts[i].type == MOUNT_OVERLAY)
            open_proc_fds(rootfs);
    if (!plan->mask_proc)
        return 0;
    error_subject(error, "--mask-proc");
    rootfs->mask.dev_null = fd_open_path("/dev/null");
    return rootfs->mask.dev_null < 0 ? mount_error(error, "open /dev/null") : 0;
}

/* Set the flags of an attached mount that was not created with them. */
static int set_flags(const struct mount *mount, int tree, struct error *error)
{
    unsigned int set = mount->set_flags;
    unsigned int clear = mount->cleared_flags;
    bool is_bind = mount->type == MOUNT_BIND;

    if ((set | clear) != 0 && mount_fd_set_flags(tree, set, clear, is_bind) < 0) {
        if (errno == EPERM && clear != 0)
            error_hint(error, "remove exec, suid and dev: a user namespace can't permit them");
        return mount_error(error, "change the flags");
    }
    if (mount->read_only && mount_fd_set_read_only(tree, is_bind && !mount->submounts_writable) < 0)
        return mount_error(error, "make it read-only");
    return 0;
}

static int bind_source(const struct rootfs *rootfs, const struct mount *mount, int source,
                       int target, struct error *error)
{
    unsigned long propagation = propagation_flag(rootfs->plan->propagation);
    bool recursive = true;

    if (mount_fd_attach(source, target) < 0)
        return mount_error(error, "bind");
    if (mount->has_propagation) {
        propagation = propagation_flag(mount->propagation);
        recursive = mount->propagation_recursive;
    }
    if (propagation != 0 && mount_fd_set_propagation(source, propagation, recursive) < 0)
        return mount_error(error, "set bind-propagation");
    return set_flags(mount, source, error);
}

/* Programs may execute files in /dev/shm. */
static unsigned int flags_of(const struct mount *mount)
{
    bool is_shm = mount->type == MOUNT_TMPFS && mount_place_of(mount, "/dev/shm") == MOUNT_AT;
    unsigned int clear = mount->cleared_flags | (is_shm ? MOUNT_ATTR_NOEXEC : 0U);

    return (file_systems[mount->type].flags & ~clear) | mount->set_flags |
           (mount->read_only ? MOUNT_ATTR_RDONLY : 0U);
}

static int create_fs(const struct mount *mount, struct error *error)
{
    unsigned int flags = flags_of(mount);

    if (mount->type == MOUNT_DEVPTS)
        return dev_create_devpts(flags, error);
    return mount_fd_create(file_systems[mount->type].type, mount->options, flags, error);
}

static int mount_fs(const struct mount *mount, int target, struct error *error)
{
    int tree = create_fs(mount, error);

    if (tree < 0)
        return -1;
    if (mount_fd_attach(tree, target) < 0)
        return mount_error(error, file_systems[mount->type].type);
    close(tree);
    return 0;
}

static int mount_devices(const struct rootfs *rootfs, const struct mount *mount, int target,
                         struct error *error)
{
    int tree = dev_mount(target, rootfs->old_dev, error);

    if (tree < 0)
        return -1;
    if (set_flags(mount, tree, error) < 0)
        return -1;
    close(tree);
    return 0;
}

/* The number of sources of this mount. */
static size_t source_count(const struct mount *mount)
{
    struct filesystem alone = {.mounts = (struct mount *)(uintptr_t)mount, .mount_count = 1};

    return sources_count(&alone);
}

static int apply(const struct rootfs *rootfs, const struct mount *mount, const int *sources,
                 int target, struct error *error)
{
    switch (mount->type) {
    case MOUNT_BIND:
        return bind_source(rootfs, mount, sources[0], target, error);
    case MOUNT_DEV:
        return mount_devices(rootfs, mount, target, error);
    case MOUNT_FILE:
        return content_mount(mount, flags_of(mount), target, error);
    case MOUNT_OVERLAY:
        return overlay_mount(
            &(struct overlay){.files = sources,
                              .count = source_count(mount),
                              .has_upper = mount->has_upper,
                              .flags = mount->set_flags | (mount->read_only ? MS_RDONLY : 0U)},
            rootfs->proc_fds, target, error);
    default:
        return mount_fs(mount, target, error);
    }
}

/* Later mounts may create their targets in this file system: target_open. */
static void add_own_device(struct rootfs *rootfs, const struct mount *mount, struct error *error)
{
    struct stat status;
    int fd = target_open(&rootfs->root, mount->target, true, error);

    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0)
        rootfs->root.own[rootfs->root.own_count++] = status.st_dev;
    close(fd);
}

static int mount_one(struct rootfs *rootfs, const struct mount *mount, struct error *error)
{
    const int *sources = rootfs->sources + rootfs->next_source;
    size_t count = source_count(mount);
    bool on_directory =
        mount->type == MOUNT_BIND ? S_ISDIR(fd_mode(sources[0])) : mount->type != MOUNT_FILE;
    int target;

    if (mount->optional && sources[0] < 0) {
        rootfs->next_source++;
        return 0;
    }
    error_subject(error, "--mount %s", mount->target);
    target = target_open(&rootfs->root, mount->target, on_directory, error);
    if (target < 0)
        return -1;
    if (S_ISDIR(fd_mode(target)) != on_directory)
        return error_reason(error, ERROR_FAILED, "%s",
                            on_directory ? "the target is not a directory"
                                         : "the target is a directory, but the source is a file");
    if (apply(rootfs, mount, sources, target, error) < 0)
        return -1;
    close(target);
    for (size_t i = 0; i < count; i++)
        close(sources[i]);
    rootfs->next_source += count;
    if (mount->type != MOUNT_BIND)
        add_own_device(rootfs, mount, error);
    return 0;
}

/* Whether mounts over /sys stay in this namespace; a shared /sys would pass them to the machine. */
static bool is_private(const struct rootfs *rootfs)
{
    unsigned long propagation = propagation_flag(rootfs->plan->propagation);

    return rootfs->plan->root != NULL || propagation == MS_PRIVATE || propagation == MS_SLAVE ||
           mount(NULL, "/sys", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* Mask the fresh proc at the path. */
static int mask(struct rootfs *rootfs, const char *path, struct error *error)
{
    int proc;
    int result;

    if (!rootfs->plan->mask_proc)
        return 0;
    proc = target_open(&rootfs->root, path, true, error);
    if (proc < 0)
        return -1;
    result = mask_proc(proc, &rootfs->mask, error);
    close(proc);
    return result;
}

static int mount_proc(const struct rootfs *rootfs, struct error *error)
{
    const struct mount fresh = {.type = MOUNT_PROC};
    const char *path = rootfs->plan->proc;
    int target;
    int result;

    error_subject(error, "--mount-proc %s", path);
    if (rootfs->plan->root == NULL) {
        /* As by unshare(1), as the machine must not see it. Fails where nothing is mounted. */
        if (rootfs->plan->propagation != PROPAGATION_PRIVATE)
            (void)mount(NULL, path, NULL, MS_REC | MS_PRIVATE, NULL);
        /* One call is enough here; if it fails, the calls below find out why. */
        if (mount("proc", path, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
            return 0;
    }
    target = target_open(&rootfs->root, path, true, error);
    if (target < 0)
        return -1;
    result = mount_fs(&fresh, target, error);
    close(target);
    return result;
}

/*
 * The fresh proc is mounted before each --mount that may lie below it, but after the mounts above
 * its directory. Returns the number of the mounts above.
 */
static size_t mounts_before_proc(const struct filesystem *plan)
{
    size_t count = plan->mount_count;

    while (count > 0 && mount_place_of(&plan->mounts[count - 1], plan->proc) != MOUNT_ABOVE)
        count--;
    return count;
}

static int mount_and_mask(struct rootfs *rootfs, const struct mount *mount, struct error *error)
{
    if (mount_one(rootfs, mount, error) < 0)
        return -1;
    return mount->type == MOUNT_PROC && mount_place_of(mount, "/proc") == MOUNT_AT
               ? mask(rootfs, mount->target, error)
               : 0;
}

static int apply_in_order(struct rootfs *rootfs, struct error *error)
{
    const struct filesystem *plan = rootfs->plan;
    bool has_proc = plan->proc != NULL;
    size_t before_proc = has_proc ? mounts_before_proc(plan) : 0;

    for (size_t i = 0; i <= plan->mount_count; i++) {
        if (has_proc && i == before_proc &&
            (mount_proc(rootfs, error) < 0 || mask(rootfs, plan->proc, error) < 0))
            return -1;
        if (i < plan->mount_count && mount_and_mask(rootfs, &plan->mounts[i], error) < 0)
            return -1;
    }
    return 0;
}

/*
 * Mask /sys before the mounts, so that a mount below /sys/firmware is visible, and again after
 * them.
 */
int mounts_apply(struct rootfs *rootfs, struct error *error)
{
    bool masks = rootfs->plan->mask_proc && is_private(rootfs);

    if (masks && rootfs->plan->mount_count > 0 && mask_sys(&rootfs->root, &rootfs->mask, error) < 0)
        return -1;
    if (apply_in_order(rootfs, error) < 0)
        return -1;
    return masks ? mask_sys(&rootfs->root, &rootfs->mask, error) : 0;
}
