/*
 * overlay.c - mount an overlay of open directories
 * mount(2) takes paths, and all paths are numbers of descriptors, relative to /proc/self/fd: they
 * are short, need no escapes, and lead to the directories whatever was mounted since.
 */
#include "mount/overlay_private.h"

#include <errno.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "mount/mount_private.h"
#include "linux/fd.h"
#include "linux/nstypes.h"
#include "util/strbuf.h"

/* mount(2) reads one page, and silently cuts off the rest. */
enum { OPTIONS_MAX = 4096 };

/* Whether this is a user namespace other than the initial one, whose inode number is fixed. */
static bool in_user_namespace(void)
{
    struct stat status;

    return stat("/proc/self/ns/user", &status) == 0 && status.st_ino != PROC_USER_INIT_INO;
}

/* The overlay has each restriction of the mounts that its directories are on. */
static unsigned long restrictions(const struct overlay *overlay)
{
    unsigned long flags = 0;
    struct statvfs status;

    for (size_t i = 0; i < overlay->count; i++)
        if (fstatvfs(overlay->files[i], &status) == 0)
            flags |= status.f_flag;
    /* They have the same numbers in statvfs(3). */
    return flags & (MS_NOSUID | MS_NODEV | MS_NOEXEC);
}

/* Whether the file system of the directory takes the attributes of an overlay that is a user's. */
static bool takes_user_attributes(int directory)
{
    static const char name[] = "user.overlay.opaque";
    char number[12];

    strbuf_set(number, sizeof number, "%d", directory);
    if (setxattr(number, name, "", 0, 0) < 0)
        return errno != EOPNOTSUPP;
    (void)removexattr(number, name);
    return true;
}

static bool is_on_overlay(int directory)
{
    struct statfs status;

    return fstatfs(directory, &status) == 0 && status.f_type == OVERLAYFS_SUPER_MAGIC;
}

/* The kernel's own reason is the same for all of these. */
static int explain(const struct overlay *overlay, bool in_user, struct error *error)
{
    if (overlay->has_upper && is_on_overlay(overlay->files[overlay->count - 1])) {
        error_hint(error, "use a directory on a volume, or --overlay for a tmpfs");
        return error_reason(error, ERROR_FAILED, "the upper directory is itself on an overlay");
    }
    if (in_user && errno == EPERM)
        error_hint(error, "use Linux 5.11 or newer for an overlay in a user namespace");
    else if (in_user && errno == EINVAL)
        error_hint(error, "use directories without mounts below them");
    return mount_error(error, "mount the overlay");
}

/* The working directory is /proc/self/fd. */
static int mount_numbers(const struct overlay *overlay, int target, struct error *error)
{
    const bool in_user = in_user_namespace();
    size_t lower_count = overlay->count - (overlay->has_upper ? 2 : 0);
    char memory[OPTIONS_MAX];
    struct strbuf options = strbuf_in(memory, sizeof memory);
    char number[12];

    for (size_t i = 0; i < lower_count; i++)
        strbuf_format(&options, "%s%d", i == 0 ? "lowerdir=" : ":", overlay->files[i]);
    if (overlay->has_upper)
        strbuf_format(&options, ",upperdir=%d,workdir=%d", overlay->files[lower_count],
                      overlay->files[lower_count + 1]);
    if (in_user)
        strbuf_add(&options, ",userxattr");
    if (options.length == sizeof memory - 1)
        return error_reason(error, ERROR_FAILED, "too many lower directories");
    if (in_user && overlay->has_upper && !takes_user_attributes(overlay->files[lower_count + 1])) {
        error_hint(error, "use Linux 6.6 or newer for a tmpfs, or another file system");
        return error_reason(error, ERROR_FAILED,
                            "the file system of the upper directory has no user attributes");
    }
    strbuf_set(number, sizeof number, "%d", target);
    return mount("overlay", number, "overlay", restrictions(overlay) | overlay->flags, memory) < 0
               ? explain(overlay, in_user, error)
               : 0;
}

int overlay_mount(const struct overlay *overlay, int proc_fds, int target, struct error *error)
{
    int here = fd_open_path(".");
    int result;

    if (here < 0 || fchdir(proc_fds) < 0)
        return mount_error(error, "/proc/self/fd");
    result = mount_numbers(overlay, target, error);
    if (result == 0 && fchdir(here) < 0)
        result = mount_error(error, "return to the working directory");
    close(here);
    return result;
}
