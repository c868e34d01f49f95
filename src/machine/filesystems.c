/*
 * filesystems.c - mount a machine's file systems, and unmount them
 */
#include "machine/filesystems_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "mount/dev.h"
#include "linux/mountinfo.h"
#include "linux/mount_fd.h"
#include "util/file.h"
#include "util/log.h"
#include "util/strbuf.h"

/* In order: a later one may be below an earlier one. */
static const struct {
    const char *type;
    const char *target;
    unsigned int flags;
    const char *data;
    mode_t mode; /* of the directory, if it is missing */
} wanted[] = {
    {"proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, 0555},
    {"sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, 0555},
    {"devtmpfs", "/dev", MS_NOSUID, "mode=0755", 0755},
    {"devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "mode=0620,gid=5,ptmxmode=0666", 0755},
    {"tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777", 01777},
    {"tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755", 0755},
    {"cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, 0755},
};

/* As mountpoint(1) does: the directory is on another device than its parent. */
static bool is_mount_point(const char *path)
{
    char parent[64];
    struct stat self;
    struct stat above;

    strbuf_set(parent, sizeof parent, "%s/..", path);
    return stat(path, &self) == 0 && stat(parent, &above) == 0 &&
           (self.st_dev != above.st_dev || self.st_ino == above.st_ino);
}

static bool is_in_memory(int root)
{
    struct statfs status;

    return fstatfs(root, &status) == 0 &&
           (status.f_type == RAMFS_MAGIC || status.f_type == TMPFS_MAGIC);
}

/*
 * pivot_root(2) cannot replace the root mount of an initramfs, so no service could have --root. It
 * can replace a bind mount of the same files.
 */
static void cover_root(int root)
{
    int copy = mount_fd_clone(root, "");

    if (copy < 0 || mount_fd_attach(copy, root) < 0 || fchdir(copy) < 0 || chroot(".") < 0)
        log_line(LOG_WARNING, "boot: mount the initramfs on itself: %m");
    if (copy >= 0)
        close(copy);
}

static void leave_initramfs(void)
{
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (root < 0)
        return;
    if (is_in_memory(root))
        cover_root(root);
    close(root);
}

/* A devtmpfs has no links, which bash's <(...) and a log to /dev/stderr need. */
static void link_devices(void)
{
    int devices = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
    const char *missing = devices >= 0 ? dev_create_links(devices) : NULL;

    if (missing != NULL)
        log_line(LOG_WARNING, "boot: create the link /dev/%s: %m", missing);
    if (devices >= 0)
        close(devices);
}

void boot_mount_all(void)
{
    leave_initramfs();
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const char *target = wanted[i].target;

        (void)mkdir(target, wanted[i].mode);
        if (is_mount_point(target))
            continue;
        if (mount(wanted[i].type, target, wanted[i].type, wanted[i].flags, wanted[i].data) < 0)
            log_line(LOG_WARNING, "boot: mount %s at %s: %m", wanted[i].type, target);
    }
    link_devices();
}

/* A mount in use cannot be unmounted: it becomes read-only. */
static void unmount_or_remount(char *line)
{
    char *target = strchr(line, ' ');

    if (target == NULL)
        return;
    target++;
    target[strcspn(target, " ")] = '\0';
    mountinfo_unescape(target);
    if (strcmp(target, "/") != 0 && umount2(target, UMOUNT_NOFOLLOW) == 0)
        return;
    (void)mount(NULL, target, NULL, MS_REMOUNT | MS_RDONLY, NULL);
}

/* Only the file systems of block devices have data to lose. */
static bool is_of_block_device(const char *line)
{
    return strncmp(line, "/dev/", 5) == 0;
}

void boot_unmount_all(void)
{
    char *mounts;
    size_t length;

    if (file_read("/proc/self/mounts", &mounts, &length) < 0)
        return;
    /* The last mounted first. */
    while (length > 0) {
        mounts[--length] = '\0';
        while (length > 0 && mounts[length - 1] != '\n')
            length--;
        if (is_of_block_device(mounts + length))
            unmount_or_remount(mounts + length);
    }
}
