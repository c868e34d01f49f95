/*
 * filesystem.c - in a new mount namespace: make the file systems what the plan says
 * Sources are copied before anything changes, so that they are what is seen from outside, however
 * the targets lie: pivot_root(2), mount_namespaces(7).
 */
#include "spawn/filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "spawn/mounts.h"
#include "spawn/tree.h"

/*
 * Of a new root's surroundings nothing may get out, whatever is asked for: they are only for
 * pivot_root's sake.
 */
static unsigned long early_propagation(const struct filesystem *plan)
{
    unsigned long wanted = mounts_propagation(plan->propagation);

    return plan->root != NULL && wanted != MS_PRIVATE ? MS_SLAVE : wanted;
}

static int set_propagation(const struct filesystem *plan, struct error *error)
{
    unsigned long propagation = early_propagation(plan);

    if (propagation == 0 || mount(NULL, "/", NULL, MS_REC | propagation, NULL) == 0)
        return 0;
    error_subject(error, "--propagation");
    if (errno == EINVAL)
        error_hint(error, "/ is no mount point, as in a chroot: bind it onto itself first");
    else if (errno == EACCES)
        error_hint(error, "an AppArmor profile forbids mounts: docker run --security-opt "
                          "apparmor=unconfined");
    return mounts_failed(error, "/");
}

/* The new root becomes a mount point of its own, over itself. */
static int place_root(const struct work *work, struct error *error)
{
    const struct filesystem *plan = work->plan;
    int directory;

    if (plan->root == NULL)
        return 0;
    error_subject(error, "--root %s", plan->root);
    directory = open(plan->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 || tree_attach(work->root.fd, directory) < 0 ||
        tree_set_propagation(work->root.fd, early_propagation(plan), true) < 0)
        return mounts_failed(error, "");
    close(directory);
    return 0;
}

static int make_root_read_only(struct work *work, struct error *error)
{
    if (!work->plan->read_only)
        return 0;
    error_subject(error, "--read-only");
    if (work->plan->root == NULL)
        work->root.fd = open("/", O_PATH | O_CLOEXEC);
    return tree_make_read_only(work->root.fd, false) < 0 ? mounts_failed(error, "/") : 0;
}

/* The old root ends up over the new one, and is taken off from there: pivot_root(2). */
static int enter_root(const struct work *work, struct error *error)
{
    if (work->plan->root == NULL)
        return 0;
    error_subject(error, "--root %s", work->plan->root);
    if (fchdir(work->root.fd) < 0 || syscall(SYS_pivot_root, ".", ".") < 0) {
        if (errno == EINVAL)
            error_hint(error, "it can't be done in a chroot or an initramfs");
        return mounts_failed(error, "pivot_root");
    }
    if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        return mounts_failed(error, "the old root");
    if (mounts_propagation(work->plan->propagation) == MS_SHARED &&
        tree_set_propagation(work->root.fd, MS_SHARED, false) < 0)
        return mounts_failed(error, "--propagation");
    return 0;
}

static int carry_out_all(struct work *work, struct error *error)
{
    if (work->sources == NULL || work->root.own == NULL)
        return mounts_failed(error, "");
    if (mounts_take_sources(work, error) < 0 || set_propagation(work->plan, error) < 0 ||
        place_root(work, error) < 0 || mounts_carry_out(work, error) < 0 ||
        make_root_read_only(work, error) < 0)
        return -1;
    return enter_root(work, error);
}

int filesystem_apply(const struct filesystem *filesystem, struct error *error)
{
    /* For as many as most have, the heap stays untouched: memory.h. */
    enum { FEW = 8 };
    int few_sources[FEW];
    dev_t few_own[FEW];
    size_t count = filesystem->mount_count + 1;
    bool are_few = count <= FEW;
    struct work work = {
        .plan = filesystem,
        .root = {.fd = -1,
                 .path = filesystem->root,
                 .own = are_few ? few_own : calloc(count, sizeof *work.root.own)},
        .sources = are_few ? few_sources : calloc(count, sizeof *work.sources),
        .old_devices = -1,
    };
    int result = carry_out_all(&work, error);

    if (work.root.fd >= 0)
        close(work.root.fd);
    if (work.old_devices >= 0)
        close(work.old_devices);
    if (!are_few) {
        free(work.sources);
        free(work.root.own);
    }
    return result;
}
