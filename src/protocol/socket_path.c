/*
 * socket_path.c - the default paths of the control socket
 * None is an abstract name: a service could bind to that first.
 */
#include "protocol/socket_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/strbuf.h"

static const char file_name[] = "/nsinit.sock";

bool socket_path_default(char path[SOCKET_PATH_SIZE], unsigned int number)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    struct strbuf text = strbuf_in(path, SOCKET_PATH_SIZE);

    switch (number) {
    case 0:
        strbuf_add(&text, SOCKET_PATH_FIRST);
        return true;
    case 1:
        if (runtime == NULL || runtime[0] != '/' ||
            strlen(runtime) + sizeof "/nsinit" + sizeof file_name > SOCKET_PATH_SIZE)
            return false;
        strbuf_format(&text, "%s/nsinit%s", runtime, file_name);
        return true;
    case 2:
        strbuf_format(&text, "/dev/shm/nsinit-%u%s", geteuid(), file_name);
        return true;
    default:
        return false;
    }
}

static void directory_of(char directory[SOCKET_PATH_SIZE], const char *path)
{
    strbuf_set(directory, SOCKET_PATH_SIZE, "%s", path);
    *strrchr(directory, '/') = '\0';
}

/* Check that only root and this user can rename the directory. */
static int check_parent(const char *directory)
{
    char parent[SOCKET_PATH_SIZE];
    struct stat status;

    directory_of(parent, directory);
    if (stat(parent, &status) < 0)
        return -errno;
    if (status.st_uid != 0 && status.st_uid != geteuid())
        return -EPERM;
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (status.st_mode & S_ISVTX) == 0)
        return -EPERM;
    return 0;
}

static int check_own(const char *directory)
{
    struct stat status;

    if (lstat(directory, &status) < 0)
        return -errno;
    if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() ||
        (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return -EPERM;
    return 0;
}

int socket_path_check(const char *path, unsigned int number)
{
    char directory[SOCKET_PATH_SIZE];
    int result;

    if (number == 0)
        return 0;
    directory_of(directory, path);
    result = check_parent(directory);
    return result < 0 ? result : check_own(directory);
}

int socket_path_prepare(const char *path, unsigned int number)
{
    char directory[SOCKET_PATH_SIZE];
    int result;

    if (number == 0)
        return 0;
    directory_of(directory, path);
    result = check_parent(directory);
    if (result < 0)
        return result;
    if (mkdir(directory, 0700) < 0 && errno != EEXIST)
        return -errno;
    return check_own(directory);
}

void socket_path_remove(const char *path, unsigned int number)
{
    char directory[SOCKET_PATH_SIZE];

    if (number == 0)
        return;
    directory_of(directory, path);
    (void)rmdir(directory);
}
