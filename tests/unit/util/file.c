/*
 * file.c - tests of util/file.c: what is read, and what never is
 */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit/unit.h"
#include "util/strbuf.h"

/* The path of a file of this size, all zeros. */
static int file_of(off_t size, char path[32])
{
    int fd = memfd_create("test", MFD_CLOEXEC);

    ck_assert_int_eq(ftruncate(fd, size), 0);
    strbuf_set(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

START_TEST(a_file_of_proc_has_no_size_and_is_read)
{
    char *text;
    size_t length;

    ck_assert_int_eq(file_read("/proc/self/mountinfo", &text, &length), 0);
    ck_assert_uint_gt(length, 0);
    ck_assert_uint_eq(strlen(text), length);
    free(text);
}
END_TEST

START_TEST(a_file_has_its_limit)
{
    char path[32];
    char *text;
    size_t length;
    int fd = file_of(FILE_REGULAR_MAX, path);

    ck_assert_int_eq(file_read_regular(path, &text, &length), 0);
    ck_assert_uint_eq(length, FILE_REGULAR_MAX);
    free(text);
    ck_assert_int_eq(ftruncate(fd, FILE_REGULAR_MAX + 1), 0);
    ck_assert_int_eq(file_read_regular(path, &text, &length), -EFBIG);
    ck_assert_int_eq(file_read(path, &text, &length), 0);
    free(text);
    ck_assert_int_eq(ftruncate(fd, FILE_MAX + 1), 0);
    ck_assert_int_eq(file_read(path, &text, &length), -EFBIG);
    close(fd);
}
END_TEST

START_TEST(what_has_no_end_is_not_read_to_it)
{
    char *text;

    ck_assert_int_eq(file_read("/dev/zero", &text, NULL), -EFBIG);
    ck_assert_int_eq(file_read_regular("/dev/zero", &text, NULL), -EMEDIUMTYPE);
    ck_assert_int_eq(file_read_regular("/", &text, NULL), -EMEDIUMTYPE);
    ck_assert_int_eq(file_read_regular("/no/such", &text, NULL), -ENOENT);
}
END_TEST

TCase *file_case(void)
{
    const TTest *const tests[] = {a_file_of_proc_has_no_size_and_is_read, a_file_has_its_limit,
                                  what_has_no_end_is_not_read_to_it, NULL};

    return case_of("file", tests);
}
