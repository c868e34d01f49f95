/*
 * mask.c - what a service that is root of the machine is not to see or change in /proc and /sys
 * The lists are Docker's: what tells of the machine's memory, keys, timers and devices, and what
 * changes the machine. Which of it there is depends on the kernel.
 */
#include "mount/mask_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/statx.h"
#include "linux/mount_fd.h"

static const char *const hidden[] = {"acpi",       "asound",        "interrupts",  "kcore",
                                     "keys",       "latency_stats", "sched_debug", "scsi",
                                     "timer_list", "timer_stats"};

static const char *const unchangeable[] = {"bus", "fs", "irq", "sys", "sysrq-trigger"};

static const char *const hidden_in_sys[] = {"/sys/firmware", "/sys/devices/virtual/powercap"};

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])

/* One file system that is empty does for all directories. */
static int make_cover(bool of_directory, const struct covers *covers, struct error *error)
{
    if (!of_directory)
        return mount_fd_clone(covers->nothing, "");
    if (covers->directory >= 0)
        return mount_fd_clone(covers->directory, "");
    return mount_fd_create(
        "tmpfs", "mode=755",
        MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, error);
}

static int cover(int place, struct covers *covers, struct error *error)
{
    struct stat status;
    bool is_directory = fstat(place, &status) == 0 && S_ISDIR(status.st_mode);
    int tree = make_cover(is_directory, covers, error);
    int result;

    if (tree < 0)
        return -1;
    result = mount_fd_attach(tree, place);
    if (is_directory && covers->directory < 0)
        covers->directory = tree;
    else
        close(tree);
    return result;
}

/* A copy over itself, as a mount is read-only, not a directory. */
static int protect(int place)
{
    int tree = mount_fd_clone(place, "");
    int result;

    if (tree < 0)
        return -1;
    result = mount_fd_attach(tree, place) < 0 ? -1 : mount_fd_set_read_only(tree, true);
    close(tree);
    return result;
}

static int fail(struct error *error, const char *directory, const char *name)
{
    error_subject(error, "--mask-proc");
    error_hint(error, "leave all of it open: --mask-proc=no");
    return error_reason(error, ERROR_FAILED, "%s%s: %m", directory, name);
}

/* Open what is to be changed. -1: there is none (errno is ENOENT), or it failed. */
static int open_in(int proc, const char *name)
{
    return openat(proc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int mask_proc(int proc, struct covers *covers, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(hidden) + COUNT_OF(unchangeable); i++) {
        bool hides = i < COUNT_OF(hidden);
        const char *name = hides ? hidden[i] : unchangeable[i - COUNT_OF(hidden)];
        int place = open_in(proc, name);

        if (place < 0 && errno == ENOENT)
            continue;
        if (place < 0 || (hides ? cover(place, covers, error) : protect(place)) < 0)
            return fail(error, "/proc/", name);
        close(place);
    }
    return 0;
}

int mask_sys(const struct target_root *root, struct covers *covers, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(hidden_in_sys); i++) {
        int place = target_find(root, hidden_in_sys[i]);

        if (place < 0 && (errno == ENOENT || errno == ENOTDIR))
            continue;
        if (place < 0 || (!statx_is_mount_root(place) && cover(place, covers, error) < 0))
            return fail(error, "", hidden_in_sys[i]);
        close(place);
    }
    return 0;
}
