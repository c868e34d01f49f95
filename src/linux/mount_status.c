/*
 * mount_status.c - what the kernel tells of the mount that a file lies on: statx(2)
 */
#include "linux/mount_status.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct statx of <linux/stat.h>, as far as Linux 5.8: the libcs' own may lack the mount's id. */
struct mount_status {
    uint32_t mask;
    uint32_t block_size;
    uint64_t attributes;
    uint64_t file[16]; /* what stat(2) tells as well */
    uint64_t mount_id;
    uint64_t later[13];
};

enum { STATUS_MOUNT_ID = 0x1000, ATTRIBUTE_MOUNT_ROOT = 0x2000 };

_Static_assert(sizeof(struct mount_status) == 256, "as the kernel has it");

static struct mount_status mount_status_of(int fd)
{
    struct mount_status status = {0};

    (void)syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATUS_MOUNT_ID, &status);
    return status;
}

uint64_t mount_status_id(int fd)
{
    return mount_status_of(fd).mount_id;
}

bool mount_status_is_root(int fd)
{
    return (mount_status_of(fd).attributes & ATTRIBUTE_MOUNT_ROOT) != 0;
}
