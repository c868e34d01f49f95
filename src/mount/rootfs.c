/*
 * rootfs.c - set up the root file system of a new mount namespace: pivot_root(2),
 * mount_namespaces(7)
 * Sources are copied before anything is mounted, so that no target hides them.
 */
#include "mount/rootfs.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mount/etc_files_private.h"
#include "mount/mount_lock_private.h"
#include "mount/mount_private.h"
#include "mount/netns.h"
#include "mount/propagation_private.h"
#include "mount/root_tree_private.h"
#include "mount/sources.h"
#include "linux/fd.h"
#include "linux/mount_fd.h"
#include "util/log.h"

/*
 * The propagation during the setup. Whatever the plan says, mounts must not propagate to nsinit's
 * namespace before pivot_root(2), nor before a locked copy replaces them.
 */
static unsigned long early_propagation(const struct rootfs *rootfs)
{
    unsigned long wanted = propagation_flag(rootfs->plan->propagation);

    if (rootfs->plan->root != NULL && wanted != MS_PRIVATE)
        return MS_SLAVE;
    return rootfs->locks_mounts && wanted == MS_SHARED ? MS_SLAVE : wanted;
}

static int set_propagation(const struct rootfs *rootfs, struct error *error)
{
    unsigned long propagation = early_propagation(rootfs);

    if (propagation == 0 || mount(NULL, "/", NULL, MS_REC | propagation, NULL) == 0)
        return 0;
    error_subject(error, "--propagation");
    if (errno == EINVAL)
        error_hint(error, "make / a mount point: mount --bind DIR DIR before chroot DIR");
    else if (errno == EACCES)
        error_hint(error, "an AppArmor profile forbids mounts: docker run --security-opt "
                          "apparmor=unconfined");
    return mount_error(error, "change the mount /");
}

/*
 * Make all mounts of the root read-only, before the plan's mounts are below it, and the root itself
 * writable again, as their targets are created there.
 */
static int make_below_read_only(struct rootfs *rootfs, struct error *error)
{
    bool was_read_only;

    if (!rootfs->plan->read_only_below)
        return 0;
    error_subject(error, "--read-only=recursive");
    if (rootfs->plan->root == NULL)
        rootfs->root.fd = fd_open_path("/");
    was_read_only = fd_is_read_only(rootfs->root.fd);
    if (mount_fd_set_read_only(rootfs->root.fd, true) < 0 ||
        (!was_read_only && mount_fd_set_flags(rootfs->root.fd, 0, MOUNT_ATTR_RDONLY, false) < 0))
        return mount_error(error, "make the mounts read-only");
    return 0;
}

static int make_root_read_only(struct rootfs *rootfs, struct error *error)
{
    if (!rootfs->plan->read_only)
        return 0;
    error_subject(error, "--read-only");
    if (rootfs->root.fd < 0)
        rootfs->root.fd = fd_open_path("/");
    return mount_fd_set_read_only(rootfs->root.fd, false) < 0
               ? mount_error(error, "make / read-only")
               : 0;
}

/* pivot_root(2) stacks the old root on the new one, where it is unmounted. */
static int pivot(struct error *error)
{
    if (syscall(SYS_pivot_root, ".", ".") < 0) {
        if (errno == EINVAL)
            error_hint(error, "in an initramfs, add --chroot");
        return mount_error(error, "pivot_root");
    }
    return umount2(".", MNT_DETACH) < 0 || chdir("/") < 0
               ? mount_error(error, "unmount the old root")
               : 0;
}

/*
 * Mount the new root over the old one, as switch_root(8) does. The old root stays below, where
 * CAP_SYS_ADMIN can uncover it again: root of a user namespace could leave the new root.
 */
static int move_root(const struct rootfs *rootfs, struct error *error)
{
    if (rootfs->locks_mounts) {
        error_subject(error, "--chroot");
        return error_reason(error, ERROR_FAILED, "root of a user namespace could leave it");
    }
    return mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0
               ? mount_error(error, "move to /")
               : 0;
}

static int enter_root(const struct rootfs *rootfs, struct error *error)
{
    if (rootfs->plan->root == NULL)
        return 0;
    filesystem_root_subject(rootfs->plan, error);
    if (fchdir(rootfs->root.fd) < 0)
        return mount_error(error, "enter it");
    return rootfs->plan->by_chroot ? move_root(rootfs, error) : pivot(error);
}

/* Replace all mounts by a locked copy of them. */
static int replace_with_locked_copy(struct error *error)
{
    int root = fd_open_path("/");
    int tree = mount_lock_copy();

    if (root < 0 || tree < 0 || mount_fd_attach(tree, root) < 0 || fchdir(tree) < 0) {
        if (errno == EPERM || errno == ENOSPC || errno == EUSERS)
            error_hint(error, "permit one more user namespace: sysctl "
                              "user.max_user_namespaces, kernel.unprivileged_userns_clone");
        return mount_error(error, "lock the mounts");
    }
    close(root);
    close(tree);
    return pivot(error);
}

static int lock(const struct rootfs *rootfs, struct error *error)
{
    if (!rootfs->locks_mounts)
        return 0;
    error_subject(error, "--mount");
    return replace_with_locked_copy(error);
}

static int apply_all(struct rootfs *rootfs, const int *sources, struct error *error)
{
    if (rootfs->sources == NULL || rootfs->root.own == NULL)
        return mount_error(error, "malloc");
    if (mounts_open_sources(rootfs, sources, error) < 0 || set_propagation(rootfs, error) < 0 ||
        root_tree_mount(rootfs, early_propagation(rootfs), error) < 0 ||
        make_below_read_only(rootfs, error) < 0)
        return -1;
    netns_mount(rootfs);
    if (mounts_apply(rootfs, error) < 0 || etc_files_mount(rootfs, error) < 0 ||
        make_root_read_only(rootfs, error) < 0 || enter_root(rootfs, error) < 0 ||
        lock(rootfs, error) < 0)
        return -1;
    return propagation_restore(rootfs, error);
}

/*
 * Return to the working directory by its path, as something may be mounted over it now. Where that
 * fails, as the directory may be hidden or closed to this user, change to /.
 */
static int apply_and_return_to(const char *directory, struct rootfs *rootfs, const int *sources,
                               struct error *error)
{
    int root;

    if (apply_all(rootfs, sources, error) < 0)
        return -1;
    if (directory[0] == '\0' || rootfs->plan->root != NULL || chdir(directory) == 0)
        return 0;
    log_line(LOG_DEBUG, "%s: cannot change to the directory: %m", directory);
    error_subject(error, "--mount");
    root = fd_open_path("/");
    if (root < 0 || fchdir(root) < 0)
        return mount_error(error, "change to /");
    close(root);
    return 0;
}

/* Not inlined: an inner init would keep the path on its stack. */
__attribute__((noinline)) static int apply(struct rootfs *rootfs, const int *sources,
                                           struct error *error)
{
    const struct filesystem *plan = rootfs->plan;
    char directory[PATH_MAX];

    if ((plan->mount_count == 0 && plan->proc == NULL && plan->netns == NULL &&
         !rootfs->locks_mounts) ||
        getcwd(directory, sizeof directory) == NULL)
        directory[0] = '\0';
    return apply_and_return_to(directory, rootfs, sources, error);
}

int rootfs_apply(const struct filesystem *filesystem, bool locks_mounts, const int *sources,
                 struct error *error)
{
    /* Up to this many, the usual case, no heap page is touched: init/loop_arena_private.h. */
    enum { FEW = 8 };
    int few_sources[FEW];
    dev_t few_own[FEW];
    /* The overlay of the new root may have two more: the upper and work directory on a tmpfs. */
    size_t count = filesystem->mount_count + sources_count(filesystem) + 2;
    bool are_few = count <= FEW;
    struct rootfs rootfs = {
        .plan = filesystem,
        .root = {.fd = -1,
                 .path = filesystem->root,
                 .own = are_few ? few_own : calloc(count, sizeof *rootfs.root.own)},
        .sources = are_few ? few_sources : calloc(count, sizeof *rootfs.sources),
        .root_place = -1,
        .proc_fds = -1,
        .old_dev = -1,
        .mask = {.dev_null = -1, .empty_directory = -1},
        .locks_mounts = locks_mounts,
    };
    int result = apply(&rootfs, sources, error);

    fd_close(rootfs.root.fd);
    fd_close(rootfs.proc_fds);
    fd_close(rootfs.old_dev);
    fd_close(rootfs.mask.dev_null);
    fd_close(rootfs.mask.empty_directory);
    if (!are_few) {
        free(rootfs.sources);
        free(rootfs.root.own);
    }
    return result;
}
