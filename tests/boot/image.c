/*
 * image.c - an initramfs: the one that was built, with files of a test's own laid over it
 * The kernel unpacks several archives one after the other: initramfs-buffer-format.
 */
#include "boot/image.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Archives, their names and their contents begin at multiples of four bytes. */
static void pad(FILE *image)
{
    while (ftell(image) % 4 != 0)
        ck_assert_int_eq(fputc('\0', image), '\0');
}

static void write_all(FILE *image, const char *data, size_t length)
{
    ck_assert_uint_eq(fwrite(data, 1, length, image), length);
    pad(image);
}

/* All of the file, which may be anything; the caller frees it. */
static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "re");
    char *data;
    long size;

    ck_assert_msg(file != NULL, "%s is missing", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    ck_assert_int_ge(size, 0);
    rewind(file);
    *length = (size_t)size;
    data = malloc(*length + 1);
    ck_assert_ptr_nonnull(data);
    ck_assert_uint_eq(fread(data, 1, *length, file), *length);
    fclose(file);
    return data;
}

FILE *image_open(const char *path, const char *base)
{
    FILE *image = fopen(path, "we");
    size_t length;
    char *archive = read_file(base, &length);

    ck_assert_ptr_nonnull(image);
    write_all(image, archive, length);
    free(archive);
    return image;
}

/* cpio's "newc": numbers in hexadecimal, of which only these matter to the kernel. */
static void write_entry(FILE *image, const char *path, const char *data, size_t length)
{
    static unsigned int inode = 1000000;

    fprintf(image, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", inode++,
            0100755U, 0U, 0U, 1U, 0U, length, 0U, 0U, 0U, 0U, strlen(path) + 1, 0U);
    write_all(image, path, strlen(path) + 1);
    write_all(image, data, length);
}

void image_add(FILE *image, const struct image_file *file)
{
    size_t length;
    char *data;

    if (file->text != NULL) {
        write_entry(image, file->path, file->text, strlen(file->text));
        return;
    }
    data = read_file(file->from, &length);
    write_entry(image, file->path, data, length);
    free(data);
}

void image_close(FILE *image)
{
    write_entry(image, "TRAILER!!!", "", 0);
    ck_assert_int_eq(fclose(image), 0);
}
