/*
 * image.h - an initramfs: the one that was built, with files of a test's own laid over it
 */
#ifndef NSINIT_TESTS_BOOT_IMAGE_H
#define NSINIT_TESTS_BOOT_IMAGE_H

#include <stdio.h>

struct image_file {
    const char *path; /* in there, without the first slash; its directory must exist */
    const char *text; /* what is in it, or NULL: the file `from` */
    const char *from;
};

/* Begin with a copy of the compressed archive. The caller fills and closes it. */
FILE *image_open(const char *path, const char *base);

/* Add a file that everyone may execute, instead of one that is there already. */
void image_add(FILE *image, const struct image_file *file);

/* No more of them. */
void image_close(FILE *image);

#endif
