/*
 * mount.c - carry out each --mount, and mount the fresh proc
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

#include "mount/dev.h"
#include "mount/overlay_private.h"
#include "mount/sources.h"
#include "linux/mount_fd.h"
#include "util/strbuf.h"

/* The new file systems, in the order of enum mount_type; NULL: of another kind. */
static const struct {
    const char *type;
    unsigned int flags;
} kinds[] = {
    [MOUNT_TMPFS] = {"tmpfs", 0},
    [MOUNT_PROC] = {"proc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC},
    [MOUNT_SYSFS] = {"sysfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC},
    [MOUNT_MQUEUE] = {"mqueue", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC},
    [MOUNT_DEVPTS] = {"devpts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC},
};

unsigned long mounts_propagation(enum propagation propagation)
{
    static const unsigned int flags[] = {MS_PRIVATE, MS_SLAVE, MS_SHARED, 0};

    return flags[propagation];
}

int mount_error(struct error *error, const char *what)
{
    if (errno == ENOSYS)
        error_hint(error, "it takes Linux 5.10, and a seccomp profile that knows open_tree");
    return error_reason(error, ERROR_FAILED, "%s%s%m", what, what[0] != '\0' ? ": " : "");
}

/*
 * A copy of what the file stands for, which is closed. One of another mount namespace is looked up
 * in this one by its name, as an opener does it: sources.h.
 */
static int clone_source(const struct source *source, int *file, struct error *error)
{
    int tree = mount_fd_clone(*file, "");

    if (tree < 0 && errno == EINVAL) {
        int root = open("/", O_PATH | O_CLOEXEC);
        int own = source_open(source, root, error);

        close(root);
        if (own < 0)
            return -1;
        close(*file);
        *file = own;
        tree = mount_fd_clone(own, "");
    }
    return tree < 0 ? source_error(source, error) : tree;
}

static int take_root(struct work *work, const struct source *source, int file, struct error *error)
{
    work->place = file;
    work->root.fd = clone_source(source, &work->place, error);
    return work->root.fd < 0 ? -1 : 0;
}

/* What was opened for us is open already. */
static int take_source(struct work *work, const struct source *source, size_t i, const int *opened,
                       struct error *error)
{
    int file = opened != NULL ? opened[i] : mount_fd_open(source->path);

    if (file < 0)
        return source_error(source, error);
    if (source->mount == NULL)
        return take_root(work, source, file, error);
    work->sources[i] = file;
    if (source->mount->type != MOUNT_BIND)
        return 0;
    work->sources[i] = clone_source(source, &file, error);
    close(file);
    return work->sources[i] < 0 ? -1 : 0;
}

/* Not inlined: a path would be part of an inner init's stack. */
__attribute__((noinline)) static int take_sources(struct work *work, const int *opened,
                                                  struct error *error)
{
    struct source source = {0};

    for (size_t i = 0; source_next(&source, work->plan); i++)
        if (take_source(work, &source, i, opened, error) < 0)
            return -1;
    return 0;
}

int mounts_open_sources(struct work *work, const int *opened, struct error *error)
{
    const struct filesystem *plan = work->plan;
    if (sources_count(plan) > 0 && take_sources(work, opened, error) < 0)
        return -1;
    for (size_t i = 0; i < plan->mount_count; i++)
        if (plan->mounts[i].type == MOUNT_DEV && work->old_devices < 0)
            work->old_devices = open("/dev", O_PATH | O_CLOEXEC);
        else if (plan->mounts[i].type == MOUNT_OVERLAY && work->numbers < 0)
            work->numbers = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (!plan->mask_proc)
        return 0;
    error_subject(error, "--mask-proc");
    work->covers.nothing = open("/dev/null", O_PATH | O_CLOEXEC);
    return work->covers.nothing < 0 ? mount_error(error, "/dev/null") : 0;
}

static bool is_directory(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

static int bind_source(const struct work *work, const struct mount *mount, int source, int target,
                       struct error *error)
{
    unsigned long propagation = mounts_propagation(work->plan->propagation);
    bool recursive = true;

    if (mount_fd_attach(source, target) < 0)
        return mount_error(error, mount->source);
    if (mount->has_propagation) {
        propagation = mounts_propagation(mount->propagation);
        recursive = mount->propagation_recursive;
    }
    if (propagation != 0 && mount_fd_set_propagation(source, propagation, recursive) < 0)
        return mount_error(error, "bind-propagation");
    if (mount->read_only && mount_fd_set_read_only(source, true) < 0)
        return mount_error(error, "readonly");
    return 0;
}

/* As Docker has it, but for what some programs execute from there. */
static unsigned int tmpfs_flags(const struct mount *mount)
{
    bool exec = mount->exec || mount_place_of(mount, "/dev/shm") == MOUNT_AT;

    return (exec ? 0U : MOUNT_ATTR_NOEXEC) | (mount->suid ? 0U : MOUNT_ATTR_NOSUID) |
           (mount->dev ? 0U : MOUNT_ATTR_NODEV);
}

static int make_kind(const struct mount *mount, struct error *error)
{
    unsigned int read_only = mount->read_only ? MOUNT_ATTR_RDONLY : 0;
    unsigned int flags = kinds[mount->type].flags | read_only;

    if (mount->type == MOUNT_TMPFS)
        return mount_fd_create("tmpfs", mount->options, tmpfs_flags(mount) | read_only, error);
    if (mount->type == MOUNT_DEVPTS)
        return dev_make_terminals(flags, error);
    return mount_fd_create(kinds[mount->type].type, NULL, flags, error);
}

static int mount_kind(const struct mount *mount, int target, struct error *error)
{
    int tree = make_kind(mount, error);

    if (tree < 0)
        return -1;
    if (mount_fd_attach(tree, target) < 0)
        return mount_error(error, kinds[mount->type].type);
    close(tree);
    return 0;
}

static int mount_devices(const struct work *work, bool read_only, int target, struct error *error)
{
    int tree = dev_mount(target, work->old_devices, error);

    if (tree < 0)
        return -1;
    if (read_only && mount_fd_set_read_only(tree, false) < 0)
        return mount_error(error, "readonly");
    close(tree);
    return 0;
}

static int carry_out(const struct work *work, const struct mount *mount, const int *sources,
                     int target, struct error *error)
{
    switch (mount->type) {
    case MOUNT_BIND:
        return bind_source(work, mount, sources[0], target, error);
    case MOUNT_DEV:
        return mount_devices(work, mount->read_only, target, error);
    case MOUNT_OVERLAY:
        return overlay_mount(mount, sources, work->numbers, target, error);
    default:
        return mount_kind(mount, target, error);
    }
}

/* Missing targets of later mounts may be made in here: target.h. */
static void remember_own(struct work *work, const struct mount *mount, struct error *error)
{
    struct stat status;
    int fd = target_open(&work->root, mount->target, true, error);

    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0)
        work->root.own[work->root.own_count++] = status.st_dev;
    close(fd);
}

/* As many sources as this mount has. */
static size_t source_count(const struct mount *mount)
{
    struct filesystem alone = {.mounts = (struct mount *)(uintptr_t)mount, .mount_count = 1};

    return sources_count(&alone);
}

static int mount_one(struct work *work, const struct mount *mount, struct error *error)
{
    const int *sources = work->sources + work->next_source;
    size_t count = source_count(mount);
    bool on_directory = mount->type != MOUNT_BIND || is_directory(sources[0]);
    int target;

    error_subject(error, "--mount %s", mount->target);
    target = target_open(&work->root, mount->target, on_directory, error);
    if (target < 0)
        return -1;
    if (is_directory(target) != on_directory)
        return error_reason(error, ERROR_FAILED, "the target is %s",
                            on_directory ? "no directory" : "a directory, the source is none");
    if (carry_out(work, mount, sources, target, error) < 0)
        return -1;
    close(target);
    for (size_t i = 0; i < count; i++)
        close(sources[i]);
    work->next_source += count;
    if (mount->type != MOUNT_BIND)
        remember_own(work, mount, error);
    return 0;
}

/* What is laid over a shared /sys would be laid over that of the machine. */
static bool keeps_to_itself(const struct work *work)
{
    unsigned long propagation = mounts_propagation(work->plan->propagation);

    return work->plan->root != NULL || propagation == MS_PRIVATE || propagation == MS_SLAVE ||
           mount(NULL, "/sys", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* Of a fresh proc that is mounted at the path. */
static int mask(struct work *work, const char *path, struct error *error)
{
    int proc;
    int result;

    if (!work->plan->mask_proc)
        return 0;
    proc = target_open(&work->root, path, true, error);
    if (proc < 0)
        return -1;
    result = mask_proc(proc, &work->covers, error);
    close(proc);
    return result;
}

static int mount_proc(const struct work *work, struct error *error)
{
    const struct mount fresh = {.type = MOUNT_PROC};
    const char *path = work->plan->proc;
    int target;
    int result;

    error_subject(error, "--mount-proc %s", path);
    if (work->plan->root == NULL) {
        /* As unshare(1): it would do harm outside. Fails where nothing is mounted: no matter. */
        if (work->plan->propagation != PROPAGATION_PRIVATE)
            (void)mount(NULL, path, NULL, MS_REC | MS_PRIVATE, NULL);
        /* In the root there was, one call does; when it fails, the long way finds out why. */
        if (mount("proc", path, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
            return 0;
    }
    target = target_open(&work->root, path, true, error);
    if (target < 0)
        return -1;
    result = mount_kind(&fresh, target, error);
    close(target);
    return result;
}

/*
 * The fresh proc comes before all that is asked for, which may lie below it, but after what its own
 * directory lies below: as many mounts come first.
 */
static size_t mounts_before_proc(const struct filesystem *plan)
{
    size_t count = plan->mount_count;

    while (count > 0 && mount_place_of(&plan->mounts[count - 1], plan->proc) != MOUNT_ABOVE)
        count--;
    return count;
}

static int mount_and_mask(struct work *work, const struct mount *mount, struct error *error)
{
    if (mount_one(work, mount, error) < 0)
        return -1;
    return mount->type == MOUNT_PROC && mount_place_of(mount, "/proc") == MOUNT_AT
               ? mask(work, mount->target, error)
               : 0;
}

static int carry_out_in_order(struct work *work, struct error *error)
{
    const struct filesystem *plan = work->plan;
    bool has_proc = plan->proc != NULL;
    size_t before_proc = has_proc ? mounts_before_proc(plan) : 0;

    for (size_t i = 0; i <= plan->mount_count; i++) {
        if (has_proc && i == before_proc &&
            (mount_proc(work, error) < 0 || mask(work, plan->proc, error) < 0))
            return -1;
        if (i < plan->mount_count && mount_and_mask(work, &plan->mounts[i], error) < 0)
            return -1;
    }
    return 0;
}

/* Before the mounts, so that one below shows; and what they have brought that is not covered. */
int mounts_apply(struct work *work, struct error *error)
{
    bool masks = work->plan->mask_proc && keeps_to_itself(work);

    if (masks && work->plan->mount_count > 0 && mask_sys(&work->root, &work->covers, error) < 0)
        return -1;
    if (carry_out_in_order(work, error) < 0)
        return -1;
    return masks ? mask_sys(&work->root, &work->covers, error) : 0;
}

static int restore_of(const struct work *work, const struct mount *mount, struct error *error)
{
    const struct target_root here = {.fd = -1};
    int target;
    int result;

    if (mount->type != MOUNT_BIND || !mount->has_propagation || !work->locks)
        return 0;
    error_subject(error, "--mount %s", mount->target);
    target = target_open(&here, mount->target, true, error);
    if (target < 0)
        return -1;
    result = mount_fd_set_propagation(target, mounts_propagation(mount->propagation),
                                      mount->propagation_recursive);
    close(target);
    return result < 0 ? mount_error(error, "bind-propagation") : 0;
}

int mounts_restore_propagation(const struct work *work, struct error *error)
{
    const struct filesystem *plan = work->plan;

    if (mounts_propagation(plan->propagation) == MS_SHARED && (plan->root != NULL || work->locks) &&
        mount(NULL, "/", NULL, MS_SHARED | (work->locks ? MS_REC : 0), NULL) < 0)
        return mount_error(error, "--propagation");
    for (size_t i = 0; i < plan->mount_count; i++)
        if (restore_of(work, &plan->mounts[i], error) < 0)
            return -1;
    return 0;
}
