/*
 * content.c - mount a file whose content the plan has
 */
#include "mount/content_private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/mount_fd.h"

static const char name[] = "content";

/* The file gets the owner and the mode of the file system's root directory: mount_spec.c. */
static int create_file(int directory, const char *content)
{
    ssize_t length = (ssize_t)strlen(content);
    int file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    struct stat status;
    int result = -1;

    if (file < 0)
        return -1;
    if (write(file, content, (size_t)length) == length && fstat(directory, &status) == 0 &&
        fchown(file, status.st_uid, status.st_gid) == 0)
        result = fchmod(file, status.st_mode & 07777);
    close(file);
    return result;
}

/* The kernel copies the mount of a file only while it is mounted itself (before Linux 6.15). */
static int copy_while_mounted(int tree)
{
    int root = fd_open_path("/");
    int here = fd_open_path(".");
    int copy = -1;

    if (mount_fd_attach(tree, root) == 0 && fchdir(tree) == 0) {
        copy = mount_fd_clone(tree, name);
        if (umount2(".", MNT_DETACH) < 0 || fchdir(here) < 0)
            return -1;
    }
    close(root);
    close(here);
    return copy;
}

int content_mount(const struct mount *plan, unsigned int flags, int target, struct error *error)
{
    unsigned int read_only = flags & MOUNT_ATTR_RDONLY;
    int tree = mount_fd_create("tmpfs", plan->options, flags & ~read_only, error);
    int copy;

    if (tree < 0)
        return -1;
    if (create_file(tree, plan->content) < 0)
        return error_reason(error, ERROR_FAILED, "write the content: %m");
    copy = copy_while_mounted(tree);
    if (copy < 0 || mount_fd_attach(copy, target) < 0 ||
        (read_only != 0 && mount_fd_set_read_only(copy, false) < 0))
        return error_reason(error, ERROR_FAILED, "mount the file: %m");
    close(copy);
    close(tree);
    return 0;
}
