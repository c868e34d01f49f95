/*
 * propagation.c - how mounts spread between mount namespaces: mount_namespaces(7)
 */
#include "mount/propagation_private.h"

#include <sys/mount.h>
#include <unistd.h>

#include "linux/mount_fd.h"

unsigned long propagation_flag(enum propagation propagation)
{
    static const unsigned int flags[] = {MS_PRIVATE, MS_SLAVE, MS_SHARED, 0};

    return flags[propagation];
}

static int restore_of(const struct rootfs *rootfs, const struct mount *mount, struct error *error)
{
    const struct target_root here = {.fd = -1};
    int target;
    int result;

    if (mount->type != MOUNT_BIND || !mount->has_propagation || !rootfs->locks_mounts)
        return 0;
    error_subject(error, "--mount %s", mount->target);
    target = target_open(&here, mount->target, true, error);
    if (target < 0)
        return -1;
    result = mount_fd_set_propagation(target, propagation_flag(mount->propagation),
                                      mount->propagation_recursive);
    close(target);
    return result < 0 ? mount_error(error, "bind-propagation") : 0;
}

int propagation_restore(const struct rootfs *rootfs, struct error *error)
{
    const struct filesystem *plan = rootfs->plan;

    if (propagation_flag(plan->propagation) == MS_SHARED &&
        (plan->root != NULL || rootfs->locks_mounts) &&
        mount(NULL, "/", NULL, MS_SHARED | (rootfs->locks_mounts ? MS_REC : 0), NULL) < 0)
        return mount_error(error, "--propagation: make it shared");
    for (size_t i = 0; i < plan->mount_count; i++)
        if (restore_of(rootfs, &plan->mounts[i], error) < 0)
            return -1;
    return 0;
}
