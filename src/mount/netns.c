/*
 * netns.c - named network namespaces, as ip-netns(8) has them
 */
#include "mount/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/mount_fd.h"
#include "mount/mount_private.h"
#include "plan/namespaces.h"
#include "util/log.h"
#include "util/strbuf.h"

#define CGROUPS "/sys/fs/cgroup"

/* Any user who can read the directory can lock it, so nsinit waits for 100 ms at most. */
enum { LOCK_TRIES = 20, LOCK_TRY_MS = 5 };

static int make_shared(void)
{
    return mount("", NETNS_DIRECTORY, "none", MS_SHARED | MS_REC, NULL);
}

/* Share the mount. EINVAL: the directory is not a mount point yet. */
static int share(void)
{
    if (make_shared() == 0)
        return 0;
    if (errno != EINVAL || mount(NETNS_DIRECTORY, NETNS_DIRECTORY, "none", MS_BIND | MS_REC, NULL))
        return -1;
    return make_shared();
}

/* ip-netns takes this lock too, so that two processes never mount the directory twice. */
static void lock_directory(int directory)
{
    for (int i = 0; i < LOCK_TRIES && flock(directory, LOCK_EX | LOCK_NB) < 0; i++)
        (void)poll(NULL, 0, LOCK_TRY_MS);
}

int netns_prepare(const char *path, struct error *error)
{
    static const char prefix[] = NETNS_DIRECTORY "/";
    int directory;
    int result;

    if (strncmp(path, prefix, sizeof prefix - 1) != 0)
        return 0;
    if (mkdir(NETNS_DIRECTORY, 0755) < 0 && errno != EEXIST)
        return error_reason(error, ERROR_FAILED, "create " NETNS_DIRECTORY ": %m");
    directory = open(NETNS_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return error_reason(error, ERROR_FAILED, "open " NETNS_DIRECTORY ": %m");
    lock_directory(directory);
    result = share();
    if (result < 0)
        error_reason(error, ERROR_FAILED, "share the mount " NETNS_DIRECTORY ": %m");
    close(directory);
    return result;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* The path of NAME's files. */
struct files_path {
    char text[sizeof NETNS_FILES "/" + NAME_MAX];
};

static const char *files_path_of(struct files_path *path, const char *name)
{
    strbuf_set(path->text, sizeof path->text, NETNS_FILES "/%s", name);
    return path->text;
}

/* Attach the tree, which is closed, to an existing target in the new root. 0, or -1 with errno. */
static int attach(const struct rootfs *rootfs, int tree, const char *path)
{
    int target = tree >= 0 ? target_find(&rootfs->root, path) : -1;
    int result = target >= 0 ? mount_fd_attach(tree, target) : -1;

    fd_close(target);
    fd_close(tree);
    return result;
}

static void bind_files(const struct rootfs *rootfs)
{
    struct files_path path;
    DIR *files = opendir(files_path_of(&path, rootfs->plan->netns));
    const struct dirent *entry;

    while (files != NULL && (entry = readdir(files)) != NULL) {
        char target[sizeof "/etc/" + NAME_MAX];

        strbuf_set(target, sizeof target, "/etc/%s", entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            attach(rootfs, mount_fd_clone(dirfd(files), entry->d_name), target) < 0)
            log_line(LOG_WARNING, "%s/%s: bind to %s: %m", path.text, entry->d_name, target);
    }
    if (files != NULL)
        closedir(files);
}

/*
 * The cgroups are mounted below /sys. A read-only /sys may protect the machine, and stays so. Only
 * a user namespace that owns the network namespace may mount its devices: user_namespaces(7).
 */
static void mount_sys(const struct rootfs *rootfs)
{
    unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    int cgroups = mount_fd_clone(AT_FDCWD, CGROUPS);
    struct statvfs status;

    if (statvfs("/sys", &status) == 0 && (status.f_flag & ST_RDONLY) != 0)
        flags |= MS_RDONLY;
    if (mount("sysfs", "/sys", "sysfs", flags, NULL) == 0) {
        (void)attach(rootfs, cgroups, CGROUPS);
        return;
    }
    log_line(errno == EPERM ? LOG_DEBUG : LOG_WARNING, "/sys: mount a new one: %m");
    fd_close(cgroups);
}

void netns_mount(const struct rootfs *rootfs)
{
    if (rootfs->plan->netns == NULL)
        return;
    if (rootfs->plan->root == NULL)
        mount_sys(rootfs);
    bind_files(rootfs);
}

void netns_warn_of_files(const char *service, const char *name)
{
    struct error warning = {.kind = ERROR_FAILED};
    struct files_path path;

    if (access(files_path_of(&path, name), F_OK) < 0)
        return;
    error_subject(&warning, "%s: --enter net=netns:%s", service, name);
    error_hint(&warning, "add --unshare mnt");
    error_reason(&warning, ERROR_FAILED, "the files of %s are not bound to /etc", path.text);
    log_error(LOG_WARNING, &warning);
}
