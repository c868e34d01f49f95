/*
 * trusted_open.c - open a file for a service by a path that the service may have changed
 * Each component is opened, checked and then used by its descriptor, so that nobody can replace it
 * in between.
 */
#include "mount/trusted_open_private.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/mount_fd.h"
#include "util/strbuf.h"

/* The kernel's limit: path_resolution(7). */
enum { LINKS_MAX = 40 };

struct path_walk {
    int fd; /* of the directory reached so far */
    unsigned int links;
    char rest[PATH_MAX];
};

static void move_to(struct path_walk *walk, int file)
{
    fd_close(walk->fd);
    walk->fd = file;
}

/* Links in /proc are the kernel's, and lead to a file whatever their content: proc_pid_fd(5). */
static bool is_magic_link(int link)
{
    struct statfs status;

    return fstatfs(link, &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

static bool is_trusted(const struct stat *status)
{
    return status->st_uid == 0 || status->st_uid == geteuid();
}

/* Replace the link by its content; the path goes on with `rest`. 0, or -1 with errno. */
static int follow_symlink(struct path_walk *walk, int link, const struct stat *status,
                          const char *rest)
{
    char path[PATH_MAX];
    struct strbuf text = strbuf_in(path, sizeof path);
    char content[PATH_MAX];
    ssize_t length;

    errno = ELOOP;
    if (!is_trusted(status) || ++walk->links > LINKS_MAX)
        return -1;
    length = readlinkat(link, "", content, sizeof content - 1);
    if (length < 0)
        return -1;
    content[length] = '\0';
    strbuf_format(&text, "%s%s", content, rest);
    errno = ENAMETOOLONG;
    if (text.length >= sizeof path - 1)
        return -1;
    memcpy(walk->rest, path, text.length + 1);
    if (path[0] == '/')
        move_to(walk, mount_fd_open("/"));
    return walk->fd < 0 ? -1 : 0;
}

/* Go to the next component, from `name` up to `end`. 0, or -1 with errno. */
static int walk_component(struct path_walk *walk, const char *name, char *end)
{
    char saved = *end;
    struct stat status;
    int next;

    *end = '\0';
    next = mount_fd_open_at(walk->fd, name, false);
    if (next >= 0 && fstat(next, &status) == 0 && S_ISLNK(status.st_mode)) {
        if (!is_magic_link(next)) {
            int result;

            *end = saved;
            result = follow_symlink(walk, next, &status, end);
            close(next);
            return result;
        }
        close(next);
        next = mount_fd_open_at(walk->fd, name, true);
    }
    *end = saved;
    move_to(walk, next);
    memmove(walk->rest, end, strlen(end) + 1);
    return next < 0 ? -1 : 0;
}

int trusted_open(const char *path)
{
    struct path_walk walk = {.fd = -1};
    char *name;

    errno = ENAMETOOLONG;
    if (strlen(path) >= sizeof walk.rest)
        return -1;
    memcpy(walk.rest, path, strlen(path) + 1);
    walk.fd = mount_fd_open(path[0] == '/' ? "/" : ".");
    while (walk.fd >= 0 && *(name = walk.rest + strspn(walk.rest, "/")) != '\0')
        if (walk_component(&walk, name, name + strcspn(name, "/")) < 0 && walk.fd >= 0)
            move_to(&walk, -1);
    return walk.fd;
}
