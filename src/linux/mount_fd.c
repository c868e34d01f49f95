/*
 * mount_fd.c - mounts as file descriptors: open_tree(2), fsopen(2), move_mount(2), mount_setattr(2)
 */
#include "linux/mount_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "linux/mountinfo.h"
#include "linux/proc.h"
#include "linux/syscalls.h"
#include "util/file.h"
#include "util/strbuf.h"

void mount_fd_missing(struct error *error, const char *release, const char *call)
{
    error_hint(error, "use Linux %s or newer, and a seccomp profile that permits %s", release,
               call);
}

int mount_fd_open(const char *path)
{
    return mount_fd_open_at(AT_FDCWD, path, true);
}

int mount_fd_open_at(int directory, const char *path, bool follows)
{
    return sys_open_tree(directory, path,
                         OPEN_TREE_CLOEXEC | (follows ? 0U : (unsigned int)AT_SYMLINK_NOFOLLOW));
}

int mount_fd_clone(int directory, const char *path)
{
    unsigned int flags = OPEN_TREE_CLOEXEC | OPEN_TREE_CLONE | AT_RECURSIVE;

    if (path[0] == '\0')
        flags |= AT_EMPTY_PATH;
    return sys_open_tree(directory, path, flags);
}

int mount_fd_clone_alone(int file)
{
    return sys_open_tree(file, "", OPEN_TREE_CLOEXEC | OPEN_TREE_CLONE | AT_EMPTY_PATH);
}

int mount_fd_attach(int tree, int target)
{
    return sys_move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int mount_fd_idmap(int tree, int user_ns)
{
    const struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP,
                                          .userns_fd = (unsigned int)user_ns};

    return sys_mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes);
}

/*
 * In a user namespace the kernel permits a new proc or sysfs only where an unmasked one is visible
 * already: mount_namespaces(7).
 */
static void explain_masked(struct error *error, const char *type)
{
    char list[160];
    struct strbuf covered = strbuf_in(list, sizeof list);
    char *text = NULL;
    char *rest;
    const char *point;
    int count = 0;

    if (strcmp(type, "sysfs") == 0)
        error_hint(error, "where /sys is mounted read-only, add readonly");
    if (strcmp(type, "proc") != 0 || file_read("/proc/self/mountinfo", &text, NULL) < 0)
        return;
    rest = text;
    while ((point = mountinfo_next(&rest, "/proc")) != NULL)
        if (strcmp(point, "/proc") != 0 && ++count <= 3)
            strbuf_format(&covered, "%s%s", count > 1 ? ", " : "", point);
    free(text);
    if (count == 0)
        return;
    error_hint(
        error,
        "docker run --security-opt systempaths=unconfined, or an outer nsinit with --mask-proc=no");
    error_reason(error, ERROR_FAILED, "/proc is partly masked (%s%s)", list,
                 count > 3 ? ", ..." : "");
}

/* The kernel asks for capabilities in the user namespace that owns the file system's namespace. */
static void explain_missing_namespace(struct error *error, const char *type)
{
    static const struct {
        const char *type;
        const char *namespace;
    } owners[] = {{"proc", "pid"}, {"sysfs", "net"}, {"mqueue", "ipc"}};

    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++)
        if (strcmp(type, owners[i].type) == 0)
            error_hint(error, "add --unshare %s: a new %s needs a new %s namespace",
                       owners[i].namespace, type, owners[i].namespace);
}

/* The reason is errno, and the message in the context of the file system, if there is one. */
static void explain(struct error *error, const char *type, int context)
{
    int error_number = errno;
    char message[200];
    ssize_t length = read(context, message, sizeof message - 1);
    /* A message begins with its level: "e ". */
    bool is_explained = length > 2;

    message[is_explained ? length : 2] = '\0';
    message[2 + strcspn(message + 2, "\n")] = '\0';
    errno = error_number;
    error_reason(error, ERROR_FAILED, "%s: %m%s%s%s", type, is_explained ? " (" : "", message + 2,
                 is_explained ? ")" : "");
    if (error_number == ENODEV)
        error_hint(error, "load the kernel module, or use a kernel that has the file system");
    else if (error_number == ENOSYS)
        mount_fd_missing(error, "5.10", "fsopen");
}

/* KEY=VALUE, or KEY for a flag, ... */
static int set_options(int context, char *options)
{
    char *key;

    while ((key = strsep(&options, ",")) != NULL) {
        char *value = strchr(key, '=');

        if (value != NULL)
            *value++ = '\0';
        if (key[0] != '\0' &&
            sys_fsconfig(context, value != NULL ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key,
                         value) < 0)
            return -1;
    }
    return 0;
}

int mount_fd_create(const char *type, const char *options, unsigned int attributes,
                    struct error *error)
{
    char *copy = strdup(options != NULL ? options : "");
    int context = sys_fsopen(type, FSOPEN_CLOEXEC);
    bool created = copy != NULL && context >= 0 &&
                   (strncmp(copy, "source=", 7) == 0 ||
                    sys_fsconfig(context, FSCONFIG_SET_STRING, "source", type) == 0) &&
                   set_options(context, copy) == 0 &&
                   sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL) == 0;
    int tree = created ? sys_fsmount(context, FSMOUNT_CLOEXEC, attributes) : -1;

    if (tree < 0) {
        int error_number = errno;

        explain(error, type, context);
        if (error_number == EPERM && created)
            explain_masked(error, type);
        else if (error_number == EPERM)
            explain_missing_namespace(error, type);
    }
    if (context >= 0)
        close(context);
    free(copy);
    return tree;
}

/*
 * Remount one mount with other flags; MS_RDONLY to MS_NOEXEC have the numbers of MOUNT_ATTR_. The
 * flags that it has must be given again, or the mount loses them, or the kernel refuses where they
 * are locked in a user namespace.
 */
static int remount(const char *path, unsigned int set, unsigned int clear)
{
    enum { KEPT = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME };
    struct statvfs status;
    unsigned long flags;

    if (statvfs(path, &status) < 0)
        return -1;
    flags = MS_REMOUNT | MS_BIND | set | (status.f_flag & KEPT & ~(unsigned long)clear);
    /* Only this flag has another number in statvfs(3). */
    if ((status.f_flag & ST_RELATIME) != 0)
        flags |= MS_RELATIME;
    return mount(NULL, path, NULL, flags, NULL);
}

/* Remount each mount of the tree by its path, before Linux 5.12. */
static int remount_all(const char *link, unsigned int set, unsigned int clear)
{
    char directory[PATH_MAX];
    ssize_t length = readlink(link, directory, sizeof directory - 1);
    char *text = NULL;
    char *rest;
    const char *point;
    int result = 0;

    if (length < 0 || file_read("/proc/self/mountinfo", &text, NULL) < 0)
        return -1;
    directory[length] = '\0';
    rest = text;
    while (result == 0 && (point = mountinfo_next(&rest, directory)) != NULL) {
        result = remount(point, set, clear);
        /* A covered or unreachable mount is covered or unreachable for the program too. */
        if (result < 0 && (errno == EINVAL || errno == EACCES || errno == ENOENT))
            result = 0;
    }
    free(text);
    return result;
}

/* Before Linux 5.12, which has no mount_setattr(2), the tree is remounted by its path in /proc. */
static int set_attributes(int tree, unsigned int set, unsigned int clear, unsigned long propagation,
                          bool recursive)
{
    const struct mount_attr attributes = {
        .attr_set = set, .attr_clr = clear, .propagation = propagation};
    struct proc_path link;
    const char *path;
    unsigned int flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U);
    int result = sys_mount_setattr(tree, "", flags, &attributes);

    if (result == 0 || errno != ENOSYS)
        return result;
    path = proc_path_of_fd(&link, tree);
    if (propagation != 0)
        return mount(NULL, path, NULL, propagation | (recursive ? MS_REC : 0), NULL);
    return recursive ? remount_all(path, set, clear) : remount(path, set, clear);
}

int mount_fd_set_flags(int tree, unsigned int set, unsigned int clear, bool recursive)
{
    return set_attributes(tree, set, clear, 0, recursive);
}

int mount_fd_set_read_only(int tree, bool recursive)
{
    return mount_fd_set_flags(tree, MOUNT_ATTR_RDONLY, 0, recursive);
}

int mount_fd_set_propagation(int tree, unsigned long propagation, bool recursive)
{
    return set_attributes(tree, 0, 0, propagation, recursive);
}
