/*
 * mask.c - hide parts of /proc and /sys from a service that is root of the machine
 * The lists are Docker's: files that show the machine's memory, keys, timers and devices, and files
 * that change the machine. Not every kernel has all of them.
 */
#include "mount/mask_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/statx.h"
#include "linux/mount_fd.h"

static const char *const hidden[] = {"acpi",       "asound",        "interrupts",  "kcore",
                                     "keys",       "latency_stats", "sched_debug", "scsi",
                                     "timer_list", "timer_stats"};

static const char *const read_only[] = {"bus", "fs", "irq", "sys", "sysrq-trigger"};

static const char *const hidden_in_sys[] = {"/sys/firmware", "/sys/devices/virtual/powercap"};

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])

/* One empty file system is mounted over all hidden directories. */
static int create_cover(bool of_directory, const struct mask *mask, struct error *error)
{
    if (!of_directory)
        return mount_fd_clone(mask->dev_null, "");
    if (mask->empty_directory >= 0)
        return mount_fd_clone(mask->empty_directory, "");
    return mount_fd_create(
        "tmpfs", "mode=755",
        MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, error);
}

static int hide(int target, struct mask *mask, struct error *error)
{
    bool is_directory = S_ISDIR(fd_mode(target));
    int tree = create_cover(is_directory, mask, error);
    int result;

    if (tree < 0)
        return -1;
    result = mount_fd_attach(tree, target);
    if (is_directory && mask->empty_directory < 0)
        mask->empty_directory = tree;
    else
        close(tree);
    return result;
}

/* Mount the file on itself, as only a mount can be read-only. */
static int protect(int target)
{
    int tree = mount_fd_clone(target, "");
    int result;

    if (tree < 0)
        return -1;
    result = mount_fd_attach(tree, target) < 0 ? -1 : mount_fd_set_read_only(tree, true);
    close(tree);
    return result;
}

static int fail(struct error *error, const char *directory, const char *name)
{
    error_subject(error, "--mask-proc");
    error_hint(error, "leave /proc and /sys unmasked: --mask-proc=no");
    return error_reason(error, ERROR_FAILED, "%s%s: %m", directory, name);
}

static int open_in(int proc, const char *name)
{
    return openat(proc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int mask_proc(int proc, struct mask *mask, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(hidden) + COUNT_OF(read_only); i++) {
        bool hides = i < COUNT_OF(hidden);
        const char *name = hides ? hidden[i] : read_only[i - COUNT_OF(hidden)];
        int target = open_in(proc, name);

        if (target < 0 && errno == ENOENT)
            continue;
        if (target < 0 || (hides ? hide(target, mask, error) : protect(target)) < 0)
            return fail(error, "/proc/", name);
        close(target);
    }
    return 0;
}

int mask_sys(const struct target_root *root, struct mask *mask, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(hidden_in_sys); i++) {
        int target = target_find(root, hidden_in_sys[i]);

        if (target < 0 && (errno == ENOENT || errno == ENOTDIR))
            continue;
        if (target < 0 || (!statx_is_mount_root(target) && hide(target, mask, error) < 0))
            return fail(error, "", hidden_in_sys[i]);
        close(target);
    }
    return 0;
}
