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
static char *read_all(int fd, size_t *length)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t count;

    do {
        /* Room for a byte more and the end. */
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
    } while (count > 0 || (count < 0 && errno == EINTR));
    if (count == 0) {
        text[*length] = '\0';
        return text;
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
