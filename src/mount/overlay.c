/*
 * overlay.c - mount an overlay of open directories
 */
#include "mount/overlay_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mount/mount_private.h"
#include "linux/mount_fd.h"
#include "linux/nstypes.h"
#include "util/strbuf.h"

/* mount(2) takes one page of options: this much is free for the directories. */
enum { OPTIONS_MAX = 4000 };

/* Whether this is a user namespace other than the initial one, whose inode number is fixed. */
static bool in_user_namespace(void)
{
    struct stat status;

    return stat("/proc/self/ns/user", &status) == 0 && status.st_ino != PROC_USER_INIT_INO;
}

/* Replace the paths by the numbers of their descriptors, relative to /proc/self/fd. */
static void add_fd_numbers(struct strbuf *text, const char *options, const int *files)
{
    char path[PATH_MAX + 1];
    const char *from = options;
    size_t before;

    while ((before = overlay_next_path(&options, path, sizeof path)) > 0) {
        for (size_t i = 0; i < before; i++)
            strbuf_format(text, "%c", from[i]);
        strbuf_format(text, "%d", *files++);
        from = options;
    }
}

static bool is_same_file(const char *path, int file)
{
    int found = mount_fd_open(path);
    struct stat theirs;
    struct stat ours;
    bool is_same = found >= 0 && fstat(found, &theirs) == 0 && fstat(file, &ours) == 0 &&
                   theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;

    if (found >= 0)
        close(found);
    return is_same;
}

/* Whether the paths still lead to the directories: an earlier mount may be over one of them. */
static bool are_names_valid(const char *options, const int *files)
{
    char path[PATH_MAX + 1];

    if (strlen(options) > OPTIONS_MAX)
        return false;
    while (overlay_next_path(&options, path, sizeof path) > 0)
        if (!is_same_file(path, *files++))
            return false;
    return true;
}

/* The paths are relative to the working directory. In a user namespace overlay needs userxattr. */
static int mount_layers(const struct mount *plan, const char *target, struct strbuf *options,
                        struct error *error)
{
    const char *user = in_user_namespace() ? ",userxattr" : "";
    size_t most = (size_t)sysconf(_SC_PAGESIZE) - 1;

    strbuf_add(options, user);
    /* mount(2) reads one page and silently cuts off the rest. */
    if (options->length > most)
        return error_reason(error, ERROR_FAILED,
                            "mount the overlay: its options are longer than %zu bytes", most);
    if (mount("overlay", target, "overlay", plan->set_flags | (plan->read_only ? MS_RDONLY : 0U),
              options->data) == 0)
        return 0;
    if (errno == EPERM && user[0] != '\0')
        error_hint(error, "use Linux 5.11 or newer for an overlay in a user namespace");
    return mount_error(error, "mount the overlay");
}

/* mount(2) takes paths, so the working directory is the target, or /proc/self/fd for numbers. */
int overlay_mount(const struct mount *plan, const int *files, int proc_fds, int target,
                  struct error *error)
{
    bool by_number = proc_fds >= 0 && !are_names_valid(plan->options, files);
    /* A number of at most five digits replaces a path of at least one byte. */
    size_t size = 5 * strlen(plan->options) + sizeof ",userxattr";
    char *memory = malloc(size);
    int here = open(".", O_PATH | O_CLOEXEC);
    struct strbuf options;
    char number[12];
    int result;

    if (memory == NULL || here < 0 || fchdir(by_number ? proc_fds : target) < 0) {
        result = mount_error(error, "mount the overlay");
        if (here >= 0)
            close(here);
        free(memory);
        return result;
    }
    options = strbuf_in(memory, size);
    strbuf_set(number, sizeof number, "%d", target);
    if (by_number)
        add_fd_numbers(&options, plan->options, files);
    else
        strbuf_add(&options, plan->options);
    result = mount_layers(plan, by_number ? number : ".", &options, error);
    if (result == 0 && fchdir(here) < 0)
        result = mount_error(error, "return to the working directory");
    close(here);
    free(memory);
    return result;
}
