/*
 * mount_fd.c - mounts that are nowhere yet, and putting them somewhere: Linux 5.2's mount calls
 * Neither musl nor an older glibc declares them, so their few constants are here.
 */
#include "linux/mount_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/mountinfo.h"
#include "util/file.h"
#include "util/strbuf.h"

/* <linux/mount.h> and <linux/fcntl.h> */
enum {
    TREE_CLONE = 1,          /* OPEN_TREE_CLONE */
    TREE_RECURSIVE = 0x8000, /* AT_RECURSIVE */
    CONTEXT_CLOEXEC = 1,     /* FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC */
    SET_STRING = 1,          /* FSCONFIG_SET_STRING */
    CREATE = 6,              /* FSCONFIG_CMD_CREATE */
    FROM_FD = 0x4,           /* MOVE_MOUNT_F_EMPTY_PATH */
    TO_FD = 0x40             /* MOVE_MOUNT_T_EMPTY_PATH */
};

/* struct mount_attr */
struct attributes {
    uint64_t set;
    uint64_t clear;
    uint64_t propagation;
    uint64_t user_namespace_fd;
};

int tree_open(const char *path)
{
    return tree_open_at(AT_FDCWD, path, true);
}

int tree_open_at(int directory, const char *path, bool follows)
{
    return (int)syscall(SYS_open_tree, directory, path,
                        (unsigned int)(O_CLOEXEC | (follows ? 0 : AT_SYMLINK_NOFOLLOW)));
}

int tree_clone(int directory, const char *path)
{
    return (int)syscall(SYS_open_tree, directory, path,
                        (unsigned int)(O_CLOEXEC | TREE_CLONE | TREE_RECURSIVE |
                                       (path[0] == '\0' ? AT_EMPTY_PATH : 0)));
}

int tree_attach(int tree, int target)
{
    return (int)syscall(SYS_move_mount, tree, "", target, "", (unsigned int)(FROM_FD | TO_FD));
}

/*
 * In a user namespace the kernel gives a new proc or sysfs only to those who see all of one
 * already: mount_namespaces(7).
 */
static void explain_refused_view(struct error *error, const char *type)
{
    char list[160];
    struct strbuf covered = strbuf_in(list, sizeof list);
    char *text = NULL;
    char *rest;
    const char *point;
    int count = 0;

    if (strcmp(type, "sysfs") == 0)
        error_hint(error, "if /sys is read-only here, mount it readonly");
    if (strcmp(type, "proc") != 0 || file_read("/proc/self/mountinfo", &text, NULL) < 0)
        return;
    rest = text;
    while ((point = mountinfo_next(&rest, "/proc")) != NULL)
        if (strcmp(point, "/proc") != 0 && ++count <= 3)
            strbuf_format(&covered, "%s%s", count > 1 ? ", " : "", point);
    free(text);
    if (count == 0)
        return;
    error_hint(error, "docker run --security-opt systempaths=unconfined; under another nsinit, its "
                      "--mask-proc=no");
    error_reason(error, ERROR_FAILED, "proc is partly masked here (%s%s)", list,
                 count > 3 ? ", ..." : "");
}

/* Whether this process has capabilities over such a file system depends on a namespace's owner. */
static void explain_refused_owner(struct error *error, const char *type)
{
    static const struct {
        const char *type;
        const char *namespace;
    } owners[] = {{"proc", "pid"}, {"sysfs", "net"}, {"mqueue", "ipc"}};

    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++)
        if (strcmp(type, owners[i].type) == 0)
            error_hint(error, "it needs a new %s namespace, too: --unshare %s", owners[i].namespace,
                       owners[i].namespace);
}

/* errno and what the kernel has written into the context of the file system. */
static void explain(struct error *error, const char *type, int context)
{
    int error_number = errno;
    char message[200];
    ssize_t length = read(context, message, sizeof message - 1);
    /* It begins with its level: "e ". */
    bool is_explained = length > 2;

    message[is_explained ? length : 2] = '\0';
    message[2 + strcspn(message + 2, "\n")] = '\0';
    errno = error_number;
    error_reason(error, ERROR_FAILED, "%s: %m%s%s%s", type, is_explained ? " (" : "", message + 2,
                 is_explained ? ")" : "");
    if (error_number == ENODEV)
        error_hint(error, "this kernel has no such file system");
    else if (error_number == ENOSYS)
        error_hint(error, "it takes Linux 5.10, and a seccomp profile that knows fsopen");
}

/* KEY=VALUE,... */
static int set_options(int context, char *options)
{
    char *key;

    while ((key = strsep(&options, ",")) != NULL) {
        char *value = strchr(key, '=');

        if (value != NULL)
            *value++ = '\0';
        if (key[0] != '\0' && syscall(SYS_fsconfig, context, SET_STRING, key, value, 0) < 0)
            return -1;
    }
    return 0;
}

int tree_make(const char *type, const char *options, unsigned int flags, struct error *error)
{
    char *copy = strdup(options != NULL ? options : "");
    int context = (int)syscall(SYS_fsopen, type, CONTEXT_CLOEXEC);
    bool created = copy != NULL && context >= 0 &&
                   syscall(SYS_fsconfig, context, SET_STRING, "source", type, 0) == 0 &&
                   set_options(context, copy) == 0 &&
                   syscall(SYS_fsconfig, context, CREATE, NULL, NULL, 0) == 0;
    int tree = created ? (int)syscall(SYS_fsmount, context, CONTEXT_CLOEXEC, flags) : -1;

    if (tree < 0) {
        int error_number = errno;

        explain(error, type, context);
        if (error_number == EPERM && created)
            explain_refused_view(error, type);
        else if (error_number == EPERM)
            explain_refused_owner(error, type);
    }
    if (context >= 0)
        close(context);
    free(copy);
    return tree;
}

/*
 * Remount one mount read-only. The flags it has must be given again: without them it would lose
 * them, or be refused where they are locked in a user namespace.
 */
static int remount_read_only(const char *path)
{
    enum { KEPT = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME };
    struct statvfs status;
    unsigned long flags;

    if (statvfs(path, &status) < 0)
        return -1;
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | (status.f_flag & KEPT);
    /* Of all flags only this one has another number there. */
    if ((status.f_flag & ST_RELATIME) != 0)
        flags |= MS_RELATIME;
    return mount(NULL, path, NULL, flags, NULL);
}

/* Each mount of the tree by its path, for Linux before 5.12. */
static int remount_all_read_only(const char *link)
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
        result = remount_read_only(point);
        /* Another mount lies over this one, or we can't get there, and nor can the program. */
        if (result < 0 && (errno == EINVAL || errno == EACCES))
            result = 0;
    }
    free(text);
    return result;
}

/* By mount_setattr(2), or before Linux 5.12 by a path to the tree, which needs /proc. */
static int set_attributes(int tree, const struct attributes *attributes, bool recursive)
{
    char path[64];
    int result = (int)syscall(SYS_mount_setattr, tree, "",
                              (unsigned int)(AT_EMPTY_PATH | (recursive ? TREE_RECURSIVE : 0)),
                              attributes, sizeof *attributes);

    if (result == 0 || errno != ENOSYS)
        return result;
    strbuf_set(path, sizeof path, "/proc/self/fd/%d", tree);
    if (attributes->propagation != 0)
        return mount(NULL, path, NULL,
                     (unsigned long)attributes->propagation | (recursive ? MS_REC : 0), NULL);
    return recursive ? remount_all_read_only(path) : remount_read_only(path);
}

int tree_make_read_only(int tree, bool recursive)
{
    return set_attributes(tree, &(struct attributes){.set = TREE_READ_ONLY}, recursive);
}

int tree_set_propagation(int tree, unsigned long propagation, bool recursive)
{
    return set_attributes(tree, &(struct attributes){.propagation = propagation}, recursive);
}
