/*
 * netns.c - the directory of named network namespaces, as ip-netns(8) has it
 */
#include "mount/netns_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan/namespaces.h"

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
