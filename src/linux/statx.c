/*
 * statx.c - the mount that a file lies on: statx(2)
 */
#include "linux/statx.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 5.8. musl's struct statx has no stx_mnt_id either, so it is not used here. */
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x00001000U
#define stx_mnt_id __spare2[0]
#endif
#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x00002000
#endif

static struct statx statx_of(int fd)
{
    struct statx status = {0};

    (void)syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &status);
    return status;
}

uint64_t statx_mount_id(int fd)
{
    return statx_of(fd).stx_mnt_id;
}

bool statx_is_mount_root(int fd)
{
    return (statx_of(fd).stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}
