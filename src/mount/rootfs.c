/*
 * rootfs.c - in a new mount namespace: make the file systems what the plan says
 * Sources are copied before anything changes, so that they are what is seen from outside, however
 * the targets lie: pivot_root(2), mount_namespaces(7).
 */
#include "mount/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mount/mount_lock_private.h"
#include "mount/mount_private.h"
#include "mount/sources.h"
#include "linux/mount_fd.h"
#include "util/log.h"

/*
 * Of the surroundings of a new root nothing may get out, whatever is asked for: they are only for
 * pivot_root's sake, as all there is where a locked copy takes its place.
 */
static unsigned long early_propagation(const struct work *work)
{
    unsigned long wanted = mounts_propagation(work->plan->propagation);

    if (work->plan->root != NULL && wanted != MS_PRIVATE)
        return MS_SLAVE;
    return work->locks && wanted == MS_SHARED ? MS_SLAVE : wanted;
}

static int set_propagation(const struct work *work, struct error *error)
{
    unsigned long propagation = early_propagation(work);

    if (propagation == 0 || mount(NULL, "/", NULL, MS_REC | propagation, NULL) == 0)
        return 0;
    error_subject(error, "--propagation");
    if (errno == EINVAL)
        error_hint(error, "/ is no mount point, as in a chroot: bind it onto itself first");
    else if (errno == EACCES)
        error_hint(error, "an AppArmor profile forbids mounts: docker run --security-opt "
                          "apparmor=unconfined");
    return mount_error(error, "/");
}

/* The new root becomes a mount point of its own, over itself. */
static int place_root(const struct work *work, struct error *error)
{
    const struct filesystem *plan = work->plan;
    struct stat status;

    if (plan->root == NULL)
        return 0;
    error_subject(error, "--root %s", plan->root);
    if (fstat(work->place, &status) == 0 && !S_ISDIR(status.st_mode))
        return error_reason(error, ERROR_FAILED, "Not a directory");
    if (mount_fd_attach(work->root.fd, work->place) < 0 ||
        mount_fd_set_propagation(work->root.fd, early_propagation(work), true) < 0)
        return mount_error(error, "");
    close(work->place);
    return 0;
}

static int make_root_read_only(struct work *work, struct error *error)
{
    if (!work->plan->read_only)
        return 0;
    error_subject(error, "--read-only");
    if (work->plan->root == NULL)
        work->root.fd = open("/", O_PATH | O_CLOEXEC);
    return mount_fd_set_read_only(work->root.fd, false) < 0 ? mount_error(error, "/") : 0;
}

/* The old root ends up over the new one, and is taken off from there: pivot_root(2). */
static int pivot(struct error *error)
{
    if (syscall(SYS_pivot_root, ".", ".") < 0) {
        if (errno == EINVAL)
            error_hint(error, "it can't be done in a chroot or an initramfs");
        return mount_error(error, "pivot_root");
    }
    return umount2(".", MNT_DETACH) < 0 || chdir("/") < 0 ? mount_error(error, "the old root") : 0;
}

static int enter_root(const struct work *work, struct error *error)
{
    if (work->plan->root == NULL)
        return 0;
    error_subject(error, "--root %s", work->plan->root);
    if (fchdir(work->root.fd) < 0)
        return mount_error(error, "");
    return pivot(error);
}

/* A locked copy of all there is takes its place. */
static int replace_by_locked(struct error *error)
{
    int root = open("/", O_PATH | O_CLOEXEC);
    int tree = mount_lock_copy();

    if (root < 0 || tree < 0 || mount_fd_attach(tree, root) < 0 || fchdir(tree) < 0) {
        if (errno == EPERM || errno == ENOSPC || errno == EUSERS)
            error_hint(error, "that takes one more user namespace: sysctl "
                              "user.max_user_namespaces, kernel.unprivileged_userns_clone");
        return mount_error(error, "locking the mounts");
    }
    close(root);
    close(tree);
    return pivot(error);
}

static int lock(const struct work *work, struct error *error)
{
    if (!work->locks)
        return 0;
    error_subject(error, "--mount");
    return replace_by_locked(error);
}

static int carry_out_all(struct work *work, const int *sources, struct error *error)
{
    if (work->sources == NULL || work->root.own == NULL)
        return mount_error(error, "");
    if (mounts_open_sources(work, sources, error) < 0 || set_propagation(work, error) < 0 ||
        place_root(work, error) < 0 || mounts_apply(work, error) < 0 ||
        make_root_read_only(work, error) < 0 || enter_root(work, error) < 0 ||
        lock(work, error) < 0)
        return -1;
    return mounts_restore_propagation(work, error);
}

/*
 * The working directory stays, by its name: what is mounted over it is what it is. Where it can't
 * be entered any more, as it may be hidden now, or another user's, it is /.
 */
static int carry_out_in(const char *directory, struct work *work, const int *sources,
                        struct error *error)
{
    int root;

    if (carry_out_all(work, sources, error) < 0)
        return -1;
    if (directory[0] == '\0' || work->plan->root != NULL || chdir(directory) == 0)
        return 0;
    log_line(LOG_DEBUG, "cannot enter %s: %m", directory);
    error_subject(error, "--mount");
    root = open("/", O_PATH | O_CLOEXEC);
    if (root < 0 || fchdir(root) < 0)
        return mount_error(error, "/");
    close(root);
    return 0;
}

/* Not inlined: a path would be part of an inner init's stack. */
__attribute__((noinline)) static int carry_out(struct work *work, const int *sources,
                                               struct error *error)
{
    const struct filesystem *plan = work->plan;
    char directory[PATH_MAX];

    if ((plan->mount_count == 0 && plan->proc == NULL && !work->locks) ||
        getcwd(directory, sizeof directory) == NULL)
        directory[0] = '\0';
    return carry_out_in(directory, work, sources, error);
}

int rootfs_apply(const struct filesystem *filesystem, bool locks, const int *sources,
                 struct error *error)
{
    /* For as many as most have, the heap stays untouched: init/loop_arena.h. */
    enum { FEW = 8 };
    int few_sources[FEW];
    dev_t few_own[FEW];
    size_t count = filesystem->mount_count + sources_count(filesystem) + 1;
    bool are_few = count <= FEW;
    struct work work = {
        .plan = filesystem,
        .root = {.fd = -1,
                 .path = filesystem->root,
                 .own = are_few ? few_own : calloc(count, sizeof *work.root.own)},
        .sources = are_few ? few_sources : calloc(count, sizeof *work.sources),
        .place = -1,
        .numbers = -1,
        .old_devices = -1,
        .covers = {.nothing = -1, .directory = -1},
        .locks = locks,
    };
    int result = carry_out(&work, sources, error);

    if (work.root.fd >= 0)
        close(work.root.fd);
    if (work.numbers >= 0)
        close(work.numbers);
    if (work.old_devices >= 0)
        close(work.old_devices);
    if (work.covers.nothing >= 0)
        close(work.covers.nothing);
    if (work.covers.directory >= 0)
        close(work.covers.directory);
    if (!are_few) {
        free(work.sources);
        free(work.root.own);
    }
    return result;
}
