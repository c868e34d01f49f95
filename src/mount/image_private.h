/*
 * image_private.h - mount the image of a file system
 */
#ifndef NSINIT_MOUNT_IMAGE_PRIVATE_H
#define NSINIT_MOUNT_IMAGE_PRIVATE_H

#include "util/error.h"

/*
 * Mount the opened image, a file with a squashfs, erofs or ext4, read-only, and close the file. The
 * loop device that this takes goes with the mount. Returns the fd of the detached mount, or -1 with
 * the error's reason filled in.
 */
int image_mount(int file, struct error *error);

#endif
