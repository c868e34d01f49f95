/*
 * target.c - the target of a mount: a path in the new root, which no symlink leads out of
 */
#include "mount/target_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/syscalls.h"
#include "util/strbuf.h"

/* openat2(2) fails with EAGAIN if something is mounted or renamed meanwhile, as on a busy machine.
 */
enum { ATTEMPTS = 100 };

/* Resolve the path as if the new root were the process's root already: openat2(2). */
static int open_in_root(const struct target_root *root, const char *path)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS};
    int fd = -1;

    if (root->path != NULL)
        how.resolve |= RESOLVE_IN_ROOT;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        fd = sys_openat2(root->path != NULL ? root->fd : AT_FDCWD, path, &how);
        if (fd >= 0 || errno != EAGAIN)
            break;
    }
    return fd;
}

int target_find(const struct target_root *root, const char *path)
{
    return open_in_root(root, path);
}

int target_find_below(int root, const char *path)
{
    const struct open_how how = {.flags = O_PATH | O_CLOEXEC,
                                 .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_IN_ROOT};

    return sys_openat2(root, path, &how);
}

static bool may_create(const struct target_root *root, int parent)
{
    struct stat status;

    if (root->path != NULL)
        return true;
    if (fstat(parent, &status) == 0)
        for (size_t i = 0; i < root->own_count; i++)
            if (root->own[i] == status.st_dev)
                return true;
    return false;
}

static int create(int parent, const char *name, bool is_directory)
{
    mode_t mask = umask(0);
    int result =
        is_directory ? mkdirat(parent, name, 0755) : mknodat(parent, name, S_IFREG | 0644, 0);

    umask(mask);
    return result;
}

/* The walk along the path of a target. */
struct walk {
    const struct target_root *root;
    bool is_directory;
    unsigned int links;  /* followed so far */
    char path[PATH_MAX]; /* the target, terminated behind the current component */
};

/* The kernel's limit: path_resolution(7). */
enum { LINKS_MAX = 40 };

/*
 * Replace the component `name` of the path, a symlink that leads nowhere, by the link's content;
 * the path goes on with `rest`. 0, or -1 with errno.
 */
__attribute__((noinline)) static int follow_link(struct walk *walk, const char *content, char *name,
                                                 const char *rest)
{
    char path[PATH_MAX];
    struct strbuf text = strbuf_in(path, sizeof path);

    *name = '\0';
    strbuf_format(&text, "%s%s%s", content[0] == '/' ? "" : walk->path, content, rest);
    errno = ENAMETOOLONG;
    if (text.length >= sizeof path - 1)
        return -1;
    memcpy(walk->path, path, text.length + 1);
    errno = ELOOP;
    return ++walk->links > LINKS_MAX ? -1 : 0;
}

/* Hint at the command that creates the target, of which the component at `at` is missing. */
static void set_creation_hint(const struct walk *walk, const char *at, struct error *error)
{
    const char *root = walk->root->path != NULL ? walk->root->path : "";
    const char *last = strrchr(walk->path, '/');
    char directory[PATH_MAX];

    /* The content of a link may come from the service: do not make the user type it. */
    if (walk->links > 0)
        return;
    if (walk->is_directory) {
        error_hint(error, "create it first: mkdir -p %s%s", root, walk->path);
        return;
    }
    strbuf_set(directory, sizeof directory, "%s", walk->path);
    directory[last - walk->path] = '\0';
    if (at > last)
        error_hint(error, "create it first: touch %s%s", root, walk->path);
    else
        error_hint(error, "create it first: mkdir -p %s%s && touch %s%s", root, directory, root,
                   walk->path);
}

/* Create the last component of walk->path, `name` in `parent`. */
static int create_component(const struct walk *walk, int parent, const char *name,
                            bool is_directory, struct error *error)
{
    bool may = may_create(walk->root, parent);

    if (may && create(parent, name, is_directory) == 0)
        return 0;
    return error_reason(error, ERROR_FAILED, may ? "create %s: %m" : "%s does not exist",
                        walk->path);
}

/*
 * Create the missing component and open it; or follow a symlink that leads nowhere, after which the
 * walk begins again.
 */
static int create_or_follow(struct walk *walk, int parent, char *name, char **at, char saved,
                            struct error *error)
{
    char *end = *at;
    bool is_last = saved == '\0' || end[1 + strspn(end + 1, "/")] == '\0';
    char content[PATH_MAX];
    ssize_t length = readlinkat(parent, name, content, sizeof content - 1);

    if (length < 0) {
        int result = create_component(walk, parent, name, walk->is_directory || !is_last, error);
        int fd = result < 0 ? -1 : open_in_root(walk->root, walk->path);

        *end = saved;
        if (result < 0)
            set_creation_hint(walk, end, error);
        else if (fd < 0)
            error_reason(error, ERROR_FAILED, "%s: %m", walk->path);
        return fd;
    }
    content[length] = '\0';
    *end = saved;
    *at = walk->path;
    if (follow_link(walk, content, name, end) < 0)
        return error_reason(error, ERROR_FAILED, "%s: %m", walk->path);
    return open_in_root(walk->root, "/");
}

/* Open the next component of the path at *at, which moves behind it. */
static int open_component(struct walk *walk, int parent, char **at, struct error *error)
{
    char *name = *at + strspn(*at, "/");
    char *end = name + strcspn(name, "/");
    char saved = *end;
    int fd;

    *end = '\0';
    *at = end;
    fd = open_in_root(walk->root, walk->path);
    if (fd < 0 && errno == ENOENT)
        return create_or_follow(walk, parent, name, at, saved, error);
    if (fd < 0)
        error_reason(error, ERROR_FAILED, "%s: %m", walk->path);
    *end = saved;
    return fd;
}

static int open_and_create(const struct target_root *root, const char *path, bool is_directory,
                           struct error *error)
{
    struct walk walk = {.root = root, .is_directory = is_directory};
    char *at = walk.path;
    int fd = open_in_root(root, "/");

    size_t length = strlen(path);

    if (length >= sizeof walk.path)
        return error_reason(error, ERROR_FAILED, "the path of the target is too long");
    memcpy(walk.path, path, length + 1);
    while (fd >= 0 && at[strspn(at, "/")] != '\0') {
        int next = open_component(&walk, fd, &at, error);

        close(fd);
        fd = next;
    }
    return fd;
}

static bool is_root(const struct target_root *root, int fd)
{
    return fd_is_file_at(fd, root->fd, root->path != NULL ? "" : "/");
}

int target_open(const struct target_root *root, const char *path, bool is_directory,
                struct error *error)
{
    int fd = open_in_root(root, path);

    if (fd < 0 && errno != ENOENT)
        return error_reason(error, ERROR_FAILED, "%s: %m", path);
    if (fd < 0)
        fd = open_and_create(root, path, is_directory, error);
    if (fd >= 0 && is_root(root, fd))
        return error_reason(error, ERROR_FAILED, "%s is the root directory itself", path);
    return fd;
}
