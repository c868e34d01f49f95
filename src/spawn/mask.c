/*
 * mask.c - what a service that is root of the machine is not to see or change in /proc and /sys
 * The lists are Docker's: what tells of the machine's memory, keys, timers and devices, and what
 * changes the machine. Which of it there is depends on the kernel.
 */
#include "spawn/mask.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spawn/tree.h"

static const char *const hidden[] = {"acpi",       "asound",        "interrupts",  "kcore",
                                     "keys",       "latency_stats", "sched_debug", "scsi",
                                     "timer_list", "timer_stats"};

static const char *const unchangeable[] = {"bus", "fs", "irq", "sys", "sysrq-trigger"};

static const char *const hidden_in_sys[] = {"/sys/firmware", "/sys/devices/virtual/powercap"};

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])

/* An empty directory over a directory, else /dev/null. */
static int cover(int place, int nothing, struct error *error)
{
    struct stat status;
    int tree;
    int result;

    if (fstat(place, &status) < 0)
        return -1;
    tree = S_ISDIR(status.st_mode)
               ? tree_make("tmpfs", "mode=755",
                           TREE_READ_ONLY | TREE_NO_SUID | TREE_NO_DEVICES | TREE_NO_EXEC, error)
               : tree_clone(nothing, "");
    if (tree < 0)
        return -1;
    result = tree_attach(tree, place);
    close(tree);
    return result;
}

/* A copy over itself, as a mount is read-only, not a directory. */
static int protect(int place)
{
    int tree = tree_clone(place, "");
    int result;

    if (tree < 0)
        return -1;
    result = tree_attach(tree, place) < 0 ? -1 : tree_make_read_only(tree, true);
    close(tree);
    return result;
}

static int fail(struct error *error, const char *directory, const char *name)
{
    error_subject(error, "--mask-proc");
    error_hint(error, "--mask-proc=no leaves all of it open");
    return error_reason(error, ERROR_FAILED, "%s%s: %m", directory, name);
}

/* Open what is to be changed. -1: there is none (errno is ENOENT), or it failed. */
static int open_in(int proc, const char *name)
{
    return openat(proc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int mask_proc(int proc, int nothing, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(hidden) + COUNT_OF(unchangeable); i++) {
        bool hides = i < COUNT_OF(hidden);
        const char *name = hides ? hidden[i] : unchangeable[i - COUNT_OF(hidden)];
        int place = open_in(proc, name);

        if (place < 0 && errno == ENOENT)
            continue;
        if (place < 0 || (hides ? cover(place, nothing, error) : protect(place)) < 0)
            return fail(error, "/proc/", name);
        close(place);
    }
    return 0;
}

int mask_sys(const struct target_root *root, int nothing, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(hidden_in_sys); i++) {
        int place = target_find(root, hidden_in_sys[i]);

        if (place < 0 && (errno == ENOENT || errno == ENOTDIR))
            continue;
        if (place < 0 || cover(place, nothing, error) < 0)
            return fail(error, "", hidden_in_sys[i]);
        close(place);
    }
    return 0;
}
