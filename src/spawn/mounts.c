/*
 * mounts.c - carry out each --mount, and mount the fresh proc
 */
#include "spawn/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spawn/devices.h"
#include "spawn/tree.h"
#include "util/text.h"

/* The new file systems, in the order of enum mount_type; NULL: of another kind. */
static const struct {
    const char *type;
    const char *options;
    unsigned int flags;
} kinds[] = {
    [MOUNT_TMPFS] = {"tmpfs", NULL, TREE_NO_SUID | TREE_NO_DEVICES},
    [MOUNT_PROC] = {"proc", NULL, TREE_NO_SUID | TREE_NO_DEVICES | TREE_NO_EXEC},
    [MOUNT_SYSFS] = {"sysfs", NULL, TREE_NO_SUID | TREE_NO_DEVICES | TREE_NO_EXEC},
    [MOUNT_MQUEUE] = {"mqueue", NULL, TREE_NO_SUID | TREE_NO_DEVICES | TREE_NO_EXEC},
    [MOUNT_DEVPTS] = {"devpts", "ptmxmode=0666,mode=0620", TREE_NO_SUID | TREE_NO_EXEC},
};

unsigned long mounts_propagation(enum propagation propagation)
{
    static const unsigned int flags[] = {MS_PRIVATE, MS_SLAVE, MS_SHARED, 0};

    return flags[propagation];
}

int mounts_failed(struct error *error, const char *what)
{
    if (errno == ENOSYS)
        error_hint(error, "it takes Linux 5.10, and a seccomp profile that knows open_tree");
    return error_reason(error, ERROR_FAILED, "%s%s%m", what, what[0] != '\0' ? ": " : "");
}

static int explain_source(const struct mount *mount, struct error *error)
{
    error_subject(error, "--mount %s", mount->target);
    if (errno == ENOENT)
        error_hint(error, "the source must exist: mkdir -p %s", mount->source);
    return mounts_failed(error, mount->source);
}

int mounts_take_sources(struct work *work, struct error *error)
{
    const struct filesystem *plan = work->plan;

    for (size_t i = 0; i < plan->mount_count; i++) {
        const struct mount *mount = &plan->mounts[i];

        work->sources[i] = mount->type == MOUNT_BIND ? tree_clone(AT_FDCWD, mount->source) : -1;
        if (mount->type == MOUNT_BIND && work->sources[i] < 0)
            return explain_source(mount, error);
        if (mount->type == MOUNT_DEV && work->old_devices < 0)
            work->old_devices = open("/dev", O_PATH | O_CLOEXEC);
    }
    if (plan->mask_proc) {
        error_subject(error, "--mask-proc");
        work->covers.nothing = open("/dev/null", O_PATH | O_CLOEXEC);
        if (work->covers.nothing < 0)
            return mounts_failed(error, "/dev/null");
    }
    if (plan->root == NULL)
        return 0;
    error_subject(error, "--root %s", plan->root);
    work->root.fd = tree_clone(AT_FDCWD, plan->root);
    return work->root.fd < 0 ? mounts_failed(error, "") : 0;
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

    if (tree_attach(source, target) < 0)
        return mounts_failed(error, mount->source);
    if (mount->has_propagation) {
        propagation = mounts_propagation(mount->propagation);
        recursive = mount->propagation_recursive;
    }
    if (propagation != 0 && tree_set_propagation(source, propagation, recursive) < 0)
        return mounts_failed(error, "bind-propagation");
    if (mount->read_only && tree_make_read_only(source, true) < 0)
        return mounts_failed(error, "readonly");
    return 0;
}

static int mount_kind(enum mount_type type, const char *options, bool read_only, int target,
                      struct error *error)
{
    unsigned int flags = kinds[type].flags | (read_only ? (unsigned int)TREE_READ_ONLY : 0);
    int tree =
        tree_make(kinds[type].type, options != NULL ? options : kinds[type].options, flags, error);

    if (tree < 0)
        return -1;
    if (tree_attach(tree, target) < 0)
        return mounts_failed(error, kinds[type].type);
    close(tree);
    return 0;
}

static int mount_devices(const struct work *work, bool read_only, int target, struct error *error)
{
    int tree = devices_mount(target, work->old_devices, error);

    if (tree < 0)
        return -1;
    if (read_only && tree_make_read_only(tree, false) < 0)
        return mounts_failed(error, "readonly");
    close(tree);
    return 0;
}

/* Whether this is another than the first user namespace, whose number is fixed. */
static bool in_user_namespace(void)
{
    static const ino_t first = 0xEFFFFFFD; /* PROC_USER_INIT_INO */
    struct stat status;

    return stat("/proc/self/ns/user", &status) == 0 && status.st_ino != first;
}

/*
 * By mount(2), since a list of layers can be too long for fsconfig(2), on the working directory.
 * In a user namespace overlay needs to be told to use the attributes that are allowed there.
 */
static int mount_overlay(const struct mount *plan, int target, struct error *error)
{
    const char *user = in_user_namespace() ? ",userxattr" : "";
    size_t size = strlen(plan->options) + strlen(user) + 1;
    char *options = malloc(size);
    int here = open(".", O_PATH | O_CLOEXEC);
    int result = -1;

    if (options != NULL && here >= 0 && fchdir(target) == 0) {
        text_set(options, size, "%s%s", plan->options, user);
        result = mount("overlay", ".", "overlay", plan->read_only ? MS_RDONLY : 0, options);
        if (result < 0 && errno == EPERM && user[0] != '\0')
            error_hint(error, "in a user namespace it takes Linux 5.11");
    }
    if (result < 0)
        mounts_failed(error, "overlay");
    else if (fchdir(here) < 0)
        result = mounts_failed(error, "the working directory");
    close(here);
    free(options);
    return result;
}

static int carry_out(const struct work *work, size_t i, int target, struct error *error)
{
    const struct mount *mount = &work->plan->mounts[i];

    switch (mount->type) {
    case MOUNT_BIND:
        return bind_source(work, mount, work->sources[i], target, error);
    case MOUNT_DEV:
        return mount_devices(work, mount->read_only, target, error);
    case MOUNT_OVERLAY:
        return mount_overlay(mount, target, error);
    default:
        return mount_kind(mount->type, mount->options, mount->read_only, target, error);
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

static int mount_one(struct work *work, size_t i, struct error *error)
{
    const struct mount *mount = &work->plan->mounts[i];
    int source = work->sources[i];
    bool on_directory = source < 0 || is_directory(source);
    int target;

    error_subject(error, "--mount %s", mount->target);
    target = target_open(&work->root, mount->target, on_directory, error);
    if (target < 0)
        return -1;
    if (is_directory(target) != on_directory)
        return error_reason(error, ERROR_FAILED, "the target is %s",
                            on_directory ? "no directory" : "a directory, the source is none");
    if (carry_out(work, i, target, error) < 0)
        return -1;
    close(target);
    if (source >= 0)
        close(source);
    else
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
    result = mount_kind(MOUNT_PROC, NULL, false, target, error);
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

static int mount_and_mask(struct work *work, size_t i, struct error *error)
{
    const struct mount *mount = &work->plan->mounts[i];

    if (mount_one(work, i, error) < 0)
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
        if (i < plan->mount_count && mount_and_mask(work, i, error) < 0)
            return -1;
    }
    return 0;
}

/* Before the mounts, so that one below shows; and what they have brought that is not covered. */
int mounts_carry_out(struct work *work, struct error *error)
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
    result = tree_set_propagation(target, mounts_propagation(mount->propagation),
                                  mount->propagation_recursive);
    close(target);
    return result < 0 ? mounts_failed(error, "bind-propagation") : 0;
}

int mounts_restore_propagation(const struct work *work, struct error *error)
{
    const struct filesystem *plan = work->plan;

    if (mounts_propagation(plan->propagation) == MS_SHARED && (plan->root != NULL || work->locks) &&
        mount(NULL, "/", NULL, MS_SHARED | (work->locks ? MS_REC : 0), NULL) < 0)
        return mounts_failed(error, "--propagation");
    for (size_t i = 0; i < plan->mount_count; i++)
        if (restore_of(work, &plan->mounts[i], error) < 0)
            return -1;
    return 0;
}
