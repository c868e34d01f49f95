/*
 * process_file.c - what a file of /proc/PID says: proc(5)
 */
#include "linux/process_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "util/parse.h"
#include "util/strbuf.h"

struct path {
    char path[64];
};

static const char *path_of(pid_t pid, const char *name, struct path *buffer)
{

    strbuf_set(buffer->path, sizeof buffer->path, "/proc/%d/%s", pid, name);
    return buffer->path;
}

int process_file_open(pid_t pid, const char *name)
{
    struct path path;
    int fd = openat(AT_FDCWD, path_of(pid, name, &path), O_RDONLY | O_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

int process_file_read(pid_t pid, const char *name, char *buffer, size_t size)
{
    size_t length = 0;
    ssize_t count = 0;
    int error = 0;
    int fd = process_file_open(pid, name);

    if (fd < 0)
        return -fd;
    while (length < size && (count = read(fd, buffer + length, size - length)) > 0)
        length += (size_t)count;
    if (count < 0)
        error = errno;
    else if (length == size)
        error = ENAMETOOLONG;
    close(fd);
    buffer[length < size ? length : size - 1] = '\0';
    return error;
}

int process_file_link(pid_t pid, const char *name, char *buffer, size_t size)
{
    struct path path;
    ssize_t length = readlink(path_of(pid, name, &path), buffer, size);

    buffer[length >= 0 && (size_t)length < size ? length : 0] = '\0';
    if (length < 0)
        return errno;
    return (size_t)length < size ? 0 : ENAMETOOLONG;
}

bool process_file_number(const char **text, unsigned long *number)
{
    uint64_t value;

    *text += strspn(*text, " \t");
    if (parse_digits(text, ULONG_MAX, &value) < 0)
        return false;
    *number = (unsigned long)value;
    return true;
}

const char *process_file_field(const char *status, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = status; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1;
    }
    return NULL;
}

size_t process_file_pids(const char *field, pid_t *pids, size_t most)
{
    unsigned long number;
    size_t count = 0;

    while (field != NULL && count < most && process_file_number(&field, &number))
        pids[count++] = (pid_t)number;
    return count;
}

int64_t process_file_effective(const char *field)
{
    unsigned long number;

    if (field == NULL || !process_file_number(&field, &number) ||
        !process_file_number(&field, &number))
        return -1;
    return (int64_t)number;
}
