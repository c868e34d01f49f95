/*
 * root_tree.c - the file system that becomes the root: a directory, an overlay, a tmpfs or an
 * image
 */
#include "mount/root_tree_private.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/mount_fd.h"
#include "linux/syscalls.h"
#include "mount/overlay_private.h"
#include "util/strbuf.h"

/*
 * An image, a tmpfs or an overlay is mounted here before it becomes the root. The directory has to
 * exist and not be / itself, as mounts are found by their paths before Linux 5.12.
 */
#define PLACE "/dev"

/*
 * Mount a tmpfs at the place, with an upper directory, which has the mode of `lower`, and a work
 * directory. Their descriptors are stored in `files`. The kernel takes no detached mount for them.
 */
static int mount_upper(int lower, int place, int files[2], struct error *error)
{
    int tree = mount_fd_create("tmpfs", NULL, 0, error);

    if (tree < 0)
        return -1;
    if (mount_fd_attach(tree, place) < 0 || mkdirat(tree, "upper", 0700) < 0 ||
        mkdirat(tree, "work", 0700) < 0 || sys_fchmodat(tree, "upper", fd_mode(lower) & 07777) < 0)
        return mount_error(error, "tmpfs");
    files[0] = openat(tree, "upper", O_PATH | O_CLOEXEC);
    files[1] = openat(tree, "work", O_PATH | O_CLOEXEC);
    close(tree);
    return 0;
}

/* An overlay that can't use its work directory is read-only, without an error. */
static int check_writable(int root, struct error *error)
{
    if (!fd_is_read_only(root))
        return 0;
    error_hint(error, "give UPPER to root of the user namespace: chown");
    return error_reason(error, ERROR_FAILED, "UPPER or UPPER.work is not writable");
}

/* An image, or a mapped directory. */
static bool is_detached(const struct filesystem *plan)
{
    return plan->root_kind == ROOT_IMAGE || plan->root_idmap != NULL;
}

/* The sources are the lower directories and, unless a tmpfs has them, the other two. */
static int mount_overlay(struct rootfs *rootfs, struct error *error)
{
    int *files = rootfs->sources + rootfs->lower_source;
    struct overlay overlay = {.files = files, .count = rootfs->lower_count + 2, .has_upper = true};
    int place = fd_open_path(PLACE);

    error_subject(error, "--overlay");
    if (place < 0)
        return mount_error(error, PLACE);
    for (size_t i = 0; i < rootfs->lower_count && is_detached(rootfs->plan); i++)
        if (mount_fd_attach(files[i], place) < 0)
            return mount_error(error, "mount a lower directory");
    if (rootfs->plan->overlay[0] == '\0' &&
        mount_upper(files[0], place, files + rootfs->lower_count, error) < 0)
        return -1;
    if (overlay_mount(&overlay, rootfs->proc_fds, place, error) < 0)
        return -1;
    close(place);
    for (size_t i = 0; i < overlay.count; i++)
        close(files[i]);
    rootfs->root.fd = fd_open_path(PLACE);
    return check_writable(rootfs->root.fd, error);
}

/* pivot_root(2) takes a mount point, so that a directory is mounted on itself. */
static int mount_tree(struct rootfs *rootfs, struct error *error)
{
    if (!S_ISDIR(fd_mode(rootfs->root.fd)))
        return error_reason(error, ERROR_FAILED, "Not a directory");
    if (rootfs->root_place < 0)
        rootfs->root_place = fd_open_path(PLACE);
    if (mount_fd_attach(rootfs->root.fd, rootfs->root_place) < 0)
        return mount_error(error, "mount the root");
    close(rootfs->root_place);
    return 0;
}

static int mount_tmpfs(struct rootfs *rootfs, struct error *error)
{
    const char *size = rootfs->plan->root;
    char options[40];

    strbuf_set(options, sizeof options, "mode=755%s%s", size[0] != '\0' ? ",size=" : "", size);
    rootfs->root.fd =
        mount_fd_create("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, error);
    return rootfs->root.fd < 0 ? -1 : mount_tree(rootfs, error);
}

static int mount_root(struct rootfs *rootfs, struct error *error)
{
    filesystem_root_subject(rootfs->plan, error);
    if (rootfs->plan->overlay != NULL)
        return mount_overlay(rootfs, error);
    return rootfs->plan->root_kind == ROOT_TMPFS ? mount_tmpfs(rootfs, error)
                                                 : mount_tree(rootfs, error);
}

int root_tree_mount(struct rootfs *rootfs, unsigned long propagation, struct error *error)
{
    if (rootfs->plan->root == NULL)
        return 0;
    if (mount_root(rootfs, error) < 0)
        return -1;
    return mount_fd_set_propagation(rootfs->root.fd, propagation, true) < 0
               ? mount_error(error, "set the propagation")
               : 0;
}
