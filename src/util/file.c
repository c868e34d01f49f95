/*
 * file.c - a whole small file at once
 */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Read to the end of the file into a buffer that grows; the text or NULL with errno. */
static char *read_all(int fd, size_t *whole)
{
    size_t size = 4096;
    size_t length = 0;
    char *text = malloc(size);

    while (text != NULL) {
        ssize_t count = read(fd, text + length, size - length - 1);
        char *larger;

        if (count == 0) {
            text[length] = '\0';
            *whole = length;
            return text;
        }
        if (count < 0 && errno != EINTR)
            break;
        length += count > 0 ? (size_t)count : 0;
        if (size - length > 1)
            continue;
        size *= 2;
        larger = realloc(text, size);
        if (larger == NULL)
            break;
        text = larger;
    }
    free(text);
    return NULL;
}

int file_read(const char *path, char **text, size_t *length)
{
    size_t whole = 0;
    int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    int error_number;

    if (fd < 0)
        return -errno;
    *text = read_all(fd, &whole);
    error_number = errno;
    close(fd);
    if (*text == NULL)
        return -error_number;
    if (length != NULL)
        *length = whole;
    return 0;
}

int file_write(const char *path, const char *text)
{
    int fd = openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return -errno;
    result = write(fd, text, strlen(text)) < 0 ? -errno : 0;
    close(fd);
    return result;
}
