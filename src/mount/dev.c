/*
 * dev.c - a minimal /dev for a service, and parts of it for a machine
 */
#include "mount/dev.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/mount_fd.h"

static const struct {
    char name[8];
    unsigned char major;
    unsigned char minor;
} nodes[] = {{"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
             {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};

enum { NODE_COUNT = sizeof nodes / sizeof nodes[0] };

static const struct {
    const char *name;
    const char *content;
} links[] = {{"fd", "/proc/self/fd"},
             {"stdin", "/proc/self/fd/0"},
             {"stdout", "/proc/self/fd/1"},
             {"stderr", "/proc/self/fd/2"},
             {"ptmx", "pts/ptmx"}};

static const struct file_system {
    const char *name;
    const char *type;
    const char *options;
    unsigned int flags;
    bool optional; /* skipped where the kernel has none or refuses it */
} file_systems[] = {
    {"pts", "devpts", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, false},
    {"shm", "tmpfs", "mode=1777", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, false},
    {"mqueue", "mqueue", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, true},
};

static int fail(struct error *error, const char *name)
{
    return error_reason(error, ERROR_FAILED, "create %s: %m", name);
}

/* Create an empty file and mount the tree on it. */
static int bind_file(int devices, const char *name, int tree)
{
    int file = openat(devices, name, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (file < 0 || mount_fd_attach(tree, file) < 0)
        return -1;
    close(file);
    return 0;
}

/* Only the initial user namespace may create nodes; elsewhere the old one is bound. */
static int create_node(int devices, int old, size_t i)
{
    dev_t device = makedev(nodes[i].major, nodes[i].minor);
    int result = mknodat(devices, nodes[i].name, S_IFCHR | 0666, device);
    int tree;

    if (result == 0 || errno != EPERM)
        return result;
    tree = mount_fd_clone(old, nodes[i].name);
    if (tree < 0 || bind_file(devices, nodes[i].name, tree) < 0)
        return -1;
    close(tree);
    return 0;
}

int dev_create_devpts(unsigned int flags, struct error *error)
{
    struct error ignored = {0};
    /* With the group tty; where that is not mapped, with the service's own group. */
    int tree = mount_fd_create("devpts", "ptmxmode=0666,mode=0620,gid=5", flags, &ignored);

    return tree >= 0 ? tree : mount_fd_create("devpts", "ptmxmode=0666,mode=0620", flags, error);
}

static int create_file_system(int devices, const struct file_system *wanted, struct error *error)
{
    int tree = wanted->options == NULL && strcmp(wanted->type, "devpts") == 0
                   ? dev_create_devpts(wanted->flags, error)
                   : mount_fd_create(wanted->type, wanted->options, wanted->flags, error);
    int directory;

    if (tree < 0)
        return wanted->optional ? 0 : -1;
    if (mkdirat(devices, wanted->name, 0755) < 0)
        return fail(error, wanted->name);
    directory = openat(devices, wanted->name, O_PATH | O_CLOEXEC);
    if (directory < 0 || mount_fd_attach(tree, directory) < 0)
        return fail(error, wanted->name);
    close(directory);
    close(tree);
    return 0;
}

const char *dev_create_links(int devices)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (symlinkat(links[i].content, devices, links[i].name) < 0 && errno != EEXIST)
            return links[i].name;
    return NULL;
}

static int fill(int devices, int old, int console, struct error *error)
{
    const char *missing;

    for (size_t i = 0; i < NODE_COUNT; i++)
        if (create_node(devices, old, i) < 0)
            return fail(error, nodes[i].name);
    missing = dev_create_links(devices);
    if (missing != NULL)
        return fail(error, missing);
    for (size_t i = 0; i < sizeof file_systems / sizeof file_systems[0]; i++)
        if (create_file_system(devices, &file_systems[i], error) < 0)
            return -1;
    if (console >= 0 && bind_file(devices, "console", console) < 0)
        return fail(error, "console");
    return 0;
}

/*
 * Copy the mount of the terminal that is stdin, by its path, since stdin may be open in another
 * mount namespace. Returns -1 if stdin is not a terminal, or if its path is not visible here.
 */
static int clone_console(void)
{
    char path[PATH_MAX];

    return ttyname_r(STDIN_FILENO, path, sizeof path) == 0 ? mount_fd_clone(AT_FDCWD, path) : -1;
}

int dev_mount(int target, int old, struct error *error)
{
    int devices = mount_fd_create("tmpfs", "mode=755", MOUNT_ATTR_NOSUID, error);
    int console;
    int result;
    mode_t mask;

    if (devices < 0)
        return -1;
    /* Before the new /dev, which may hide the terminal. */
    console = clone_console();
    if (mount_fd_attach(devices, target) < 0)
        return error_reason(error, ERROR_FAILED, "mount tmpfs: %m");
    mask = umask(0);
    result = fill(devices, old, console, error);
    umask(mask);
    fd_close(console);
    return result < 0 ? -1 : devices;
}
