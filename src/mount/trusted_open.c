/*
 * trusted_open.c - open a file for a service by a path that the service may have a hand in
 * Part after part by descriptors: what was looked at is what is gone through.
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

#include "linux/mount_fd.h"
#include "util/strbuf.h"

/* As many as the kernel follows: path_resolution(7). */
enum { MOST_LINKS = 40 };

struct way {
    int at; /* how far we are */
    unsigned int links;
    char rest[PATH_MAX];
};

static void move_to(struct way *way, int file)
{
    int error_number = errno;

    close(way->at);
    way->at = file;
    errno = error_number;
}

/* Those of /proc lead to files, whatever they say, and are the kernel's: proc_pid_fd(5). */
static bool is_of_kernel(int link)
{
    struct statfs status;

    return fstatfs(link, &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

static bool is_trusted(const struct stat *status)
{
    return status->st_uid == 0 || status->st_uid == geteuid();
}

/* What the link says takes its place: `rest` is what comes behind. 0 or -1 with errno. */
static int go_by_link(struct way *way, int link, const struct stat *status, const char *rest)
{
    char path[PATH_MAX];
    struct strbuf text = strbuf_in(path, sizeof path);
    char content[PATH_MAX];
    ssize_t length;

    errno = ELOOP;
    if (!is_trusted(status) || ++way->links > MOST_LINKS)
        return -1;
    length = readlinkat(link, "", content, sizeof content - 1);
    if (length < 0)
        return -1;
    content[length] = '\0';
    strbuf_format(&text, "%s%s", content, rest);
    errno = ENAMETOOLONG;
    if (text.length >= sizeof path - 1)
        return -1;
    memcpy(way->rest, path, text.length + 1);
    if (path[0] == '/')
        move_to(way, mount_fd_open("/"));
    return way->at < 0 ? -1 : 0;
}

/* By the next part of the rest, which is `name`, up to `end`. 0 or -1 with errno. */
static int go_on(struct way *way, const char *name, char *end)
{
    char saved = *end;
    struct stat status;
    int next;

    *end = '\0';
    next = mount_fd_open_at(way->at, name, false);
    if (next >= 0 && fstat(next, &status) == 0 && S_ISLNK(status.st_mode)) {
        if (!is_of_kernel(next)) {
            int result;

            *end = saved;
            result = go_by_link(way, next, &status, end);
            close(next);
            return result;
        }
        close(next);
        next = mount_fd_open_at(way->at, name, true);
    }
    *end = saved;
    move_to(way, next);
    memmove(way->rest, end, strlen(end) + 1);
    return next < 0 ? -1 : 0;
}

int trusted_open(const char *path)
{
    struct way way = {.at = -1};
    char *name;

    errno = ENAMETOOLONG;
    if (strlen(path) >= sizeof way.rest)
        return -1;
    memcpy(way.rest, path, strlen(path) + 1);
    way.at = mount_fd_open(path[0] == '/' ? "/" : ".");
    while (way.at >= 0 && *(name = way.rest + strspn(way.rest, "/")) != '\0')
        if (go_on(&way, name, name + strcspn(name, "/")) < 0 && way.at >= 0)
            move_to(&way, -1);
    return way.at;
}
