/*
 * image.c - mount the image of a file system: loop(4)
 */
#include "mount/image_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/mount_fd.h"
#include "linux/proc.h"
#include "util/strbuf.h"

#define LOOP_CONTROL "/dev/loop-control"

/* Another process may take the free device first. */
enum { ATTEMPTS = 32 };

/* The type of the file system, by the magic number of its superblock; NULL: unknown. */
static const char *type_of(int image)
{
    static const struct {
        const char *type;
        const char *magic;
        off_t offset;
    } types[] = {
        {"squashfs", "hsqs", 0}, {"erofs", "\xe2\xe1\xf5\xe0", 1024}, {"ext4", "\x53\xef", 1080}};
    char magic[4];

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t size = strlen(types[i].magic);

        if (pread(image, magic, size, types[i].offset) == (ssize_t)size &&
            memcmp(magic, types[i].magic, size) == 0)
            return types[i].type;
    }
    return NULL;
}

/* Open the image for reading. Opening anything but a regular file could block. */
static int open_image(int file, struct error *error)
{
    struct proc_path link;
    int image;

    if (!S_ISREG(fd_mode(file)))
        return error_reason(error, ERROR_FAILED, "Not a regular file");
    image = open(proc_path_of_fd(&link, file), O_RDONLY | O_CLOEXEC);
    return image < 0 ? error_reason(error, ERROR_FAILED, "%m") : image;
}

static int loop_error(const char *device, struct error *error)
{
    if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
        error_hint(error, "modprobe loop; in a container: docker run --privileged");
    else if (errno == EACCES || errno == EPERM)
        error_hint(error, "run nsinit as root of the machine, or unpack the image: unsquashfs");
    return error_reason(error, ERROR_FAILED, "%s: %m", device);
}

/* Attach the image to the next free device, whose path is stored. Its fd, or -1 with errno. */
static int attach_next(int control, int image, char *device, size_t size)
{
    /* The device is free again when nothing has it open. */
    const struct loop_config config = {
        .fd = (unsigned int)image,
        .info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR,
    };
    int number = ioctl(control, LOOP_CTL_GET_FREE);
    int loop;

    if (number < 0)
        return -1;
    strbuf_set(device, size, "/dev/loop%d", number);
    loop = open(device, O_RDONLY | O_CLOEXEC);
    if (loop < 0 || ioctl(loop, LOOP_CONFIGURE, &config) == 0)
        return loop;
    fd_close(loop);
    return -1;
}

static int attach(int image, char *device, size_t size, struct error *error)
{
    int control = open(LOOP_CONTROL, O_RDWR | O_CLOEXEC);
    int loop = -1;

    strbuf_set(device, size, LOOP_CONTROL);
    for (int attempt = 0; control >= 0 && attempt < ATTEMPTS; attempt++) {
        loop = attach_next(control, image, device, size);
        if (loop >= 0 || errno != EBUSY)
            break;
    }
    if (loop < 0)
        loop_error(device, error);
    fd_close(control);
    return loop;
}

/* The device of a read-only loop takes a read-only mount only. */
static int mount_type(int image, const char *type, struct error *error)
{
    char device[32];
    char options[64];
    int loop = attach(image, device, sizeof device, error);
    int tree;

    if (loop < 0)
        return -1;
    strbuf_set(options, sizeof options, "source=%s,ro", device);
    tree = mount_fd_create(type, options, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV, error);
    close(loop);
    return tree;
}

int image_mount(int file, struct error *error)
{
    int image = open_image(file, error);
    const char *type = image >= 0 ? type_of(image) : NULL;
    int tree = -1;

    close(file);
    if (image < 0)
        return -1;
    if (type != NULL)
        tree = mount_type(image, type, error);
    else
        error_reason(error, ERROR_FAILED, "not a squashfs, erofs or ext4");
    close(image);
    return tree;
}
