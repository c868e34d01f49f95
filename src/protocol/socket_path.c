/*
 * socket_places.c - where the control socket is when nobody has said where, one place after the
 * other No place is an abstract name, which a service could take first.
 */
#include "protocol/socket_places.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/strbuf.h"

static const char file_name[] = "/nsinit.sock";

bool place_path(char path[PLACE_SIZE], unsigned int number)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    struct strbuf text = strbuf_in(path, PLACE_SIZE);

    switch (number) {
    case 0:
        strbuf_add(&text, FIRST_PLACE);
        return true;
    case 1:
        if (runtime == NULL || runtime[0] != '/' ||
            strlen(runtime) + sizeof "/nsinit" + sizeof file_name > PLACE_SIZE)
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

static void directory_of(char directory[PLACE_SIZE], const char *path)
{
    strbuf_set(directory, PLACE_SIZE, "%s", path);
    *strrchr(directory, '/') = '\0';
}

/* Only root and this user can rename our files in that directory. */
static int check_parent(const char *directory)
{
    char parent[PLACE_SIZE];
    struct stat status;

    directory_of(parent, directory);
    if (stat(parent, &status) < 0)
        return -errno;
    if (status.st_uid != 0 && status.st_uid != geteuid())
        return -EPERM;
    return (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 || (status.st_mode & S_ISVTX) != 0 ? 0
                                                                                          : -EPERM;
}

static int check_own(const char *directory)
{
    struct stat status;

    if (lstat(directory, &status) < 0)
        return -errno;
    return S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
                   (status.st_mode & (S_IRWXG | S_IRWXO)) == 0
               ? 0
               : -EPERM;
}

int place_check(const char *path, unsigned int number)
{
    char directory[PLACE_SIZE];
    int result;

    if (number == 0)
        return 0;
    directory_of(directory, path);
    result = check_parent(directory);
    return result < 0 ? result : check_own(directory);
}

int place_prepare(const char *path, unsigned int number)
{
    char directory[PLACE_SIZE];
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

void place_leave(const char *path, unsigned int number)
{
    char directory[PLACE_SIZE];

    if (number == 0)
        return;
    directory_of(directory, path);
    (void)rmdir(directory);
}
