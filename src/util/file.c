/*
 * file.c - read or write a whole small file
 */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Read to the end of the file into a buffer that grows, as files of /proc have no size. The text,
 * or NULL with errno.
 */
static char *read_all(int fd, size_t most, size_t *length)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t count;

    do {
        /* One byte more tells the end from a full buffer; one terminates the text. */
        if (size < *length + 2) {
            char *larger = realloc(text, 2 * size + 4096);

            count = -1;
            if (larger == NULL)
                break;
            text = larger;
            size = 2 * size + 4096;
        }
        count = read(fd, text + *length, size - *length - 1);
        *length += count > 0 ? (size_t)count : 0;
        if (*length > most) {
            errno = EFBIG;
            break;
        }
    } while (count > 0 || (count < 0 && errno == EINTR));
    if (count == 0) {
        text[*length] = '\0';
        return text;
    }
    free(text);
    return NULL;
}

static int read_and_close(int fd, size_t most, char **text, size_t *length)
{
    size_t whole = 0;
    int error_number;

    *text = read_all(fd, most, &whole);
    error_number = errno;
    close(fd);
    if (*text == NULL)
        return -error_number;
    if (length != NULL)
        *length = whole;
    return 0;
}

int file_read(const char *path, char **text, size_t *length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    return fd < 0 ? -errno : read_and_close(fd, FILE_MAX, text, length);
}

int file_read_regular(const char *path, char **text, size_t *length)
{
    /* Without O_NONBLOCK a FIFO waits for its writer, and a lease of fcntl(2) for its holder. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    int result = 0;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) < 0)
        result = -errno;
    else if (!S_ISREG(status.st_mode))
        result = -EMEDIUMTYPE;
    else if (status.st_size > FILE_REGULAR_MAX)
        result = -EFBIG;
    if (result == 0)
        return read_and_close(fd, FILE_REGULAR_MAX, text, length);
    close(fd);
    return result;
}

int file_explain(const char *path, int result, struct error *error)
{
    if (result == -EMEDIUMTYPE)
        return error_reason(error, ERROR_FAILED, "%s is not a regular file", path);
    if (result == -EFBIG)
        return error_reason(error, ERROR_FAILED, "%s has more than %d MiB", path,
                            FILE_REGULAR_MAX / 1024 / 1024);
    errno = -result;
    return error_reason(error, ERROR_FAILED, "%s: %m", path);
}

int file_write(const char *path, const char *text)
{
    return file_write_at(AT_FDCWD, path, text);
}

int file_write_at(int directory, const char *path, const char *text)
{
    int fd = openat(directory, path, O_WRONLY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return -errno;
    result = write(fd, text, strlen(text)) < 0 ? -errno : 0;
    close(fd);
    return result;
}

void file_give_pipe(int fd, uid_t user, gid_t group)
{
    struct stat status;

    if (fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && status.st_uid == geteuid())
        (void)!fchown(fd, user, group);
}
