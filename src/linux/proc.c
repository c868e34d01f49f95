/*
 * proc.c - what /proc says about processes: proc(5)
 */
#include "linux/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* Fields of /proc/PID/stat by their numbers: proc_pid_stat(5). */
enum { STAT_PGRP = 5, STAT_FLAGS = 9, STAT_NUM_THREADS = 20, STAT_STARTTIME = 22 };

/* Of the kernel's own <linux/sched.h>, which it shows in the flags. */
enum { PF_KTHREAD = 0x00200000 };

bool proc_is_ours(void)
{
    char link[16] = "";
    unsigned long self;

    return readlink("/proc/self", link, sizeof link - 1) > 0 &&
           parse_number(link, INT_MAX, &self) == 0 && (pid_t)self == getpid();
}

const char *proc_path_of(struct proc_path *path, pid_t pid, const char *name)
{
    strbuf_set(path->text, sizeof path->text, "/proc/%d/%s", pid, name);
    return path->text;
}

const char *proc_path_of_fd(struct proc_path *path, int fd)
{
    strbuf_set(path->text, sizeof path->text, "/proc/self/fd/%d", fd);
    return path->text;
}

/* The next entry that has a number as its name; -1 at the end. */
static int next_number(DIR *directory)
{
    const struct dirent *entry;
    unsigned long number;

    while ((entry = readdir(directory)) != NULL)
        if (parse_number(entry->d_name, INT_MAX, &number) == 0)
            return (int)number;
    return -1;
}

pid_t proc_next_pid(DIR *proc)
{
    int pid = next_number(proc);

    return pid < 0 ? 0 : pid;
}

int proc_next_fd(DIR *fds)
{
    return next_number(fds);
}

int proc_open(pid_t pid, const char *name)
{
    struct proc_path path;
    int fd = open(proc_path_of(&path, pid, name), O_RDONLY | O_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

int proc_write(pid_t pid, const char *name, const char *text)
{
    struct proc_path path;

    return file_write(proc_path_of(&path, pid, name), text);
}

int proc_read(pid_t pid, const char *name, char *buffer, size_t size)
{
    size_t length = 0;
    ssize_t count = 0;
    int result = 0;
    int fd = proc_open(pid, name);

    buffer[0] = '\0';
    if (fd < 0)
        return fd;
    while (length < size && (count = read(fd, buffer + length, size - length)) > 0)
        length += (size_t)count;
    if (count < 0)
        result = -errno;
    else if (length == size)
        result = -ENAMETOOLONG;
    close(fd);
    buffer[length < size ? length : size - 1] = '\0';
    return result;
}

int proc_read_link(pid_t pid, const char *name, char *buffer, size_t size)
{
    struct proc_path path;
    ssize_t length = readlink(proc_path_of(&path, pid, name), buffer, size);

    buffer[length >= 0 && (size_t)length < size ? length : 0] = '\0';
    if (length < 0)
        return -errno;
    return (size_t)length < size ? 0 : -ENAMETOOLONG;
}

void proc_read_comm(pid_t pid, char *name, size_t size)
{
    size_t length;

    (void)proc_read(pid, "comm", name, size);
    length = strlen(name);
    /* The file ends with a newline; the name may hold others. */
    if (length > 0 && name[length - 1] == '\n')
        length--;
    name[length] = '\0';
}

/* ---- /proc/PID/stat ------------------------------------------------------------------------ */

/* Skip to field number `to`, and read it. */
static uint64_t stat_field(const char **at, int *field, int to)
{
    uint64_t value = 0;

    for (; *field < to; ++*field) {
        *at += strcspn(*at, " ");
        *at += strspn(*at, " ");
    }
    (void)parse_digits(at, UINT64_MAX, &value);
    return value;
}

int proc_read_stat(pid_t pid, struct proc_stat *stat)
{
    char line[1024];
    const char *at;
    int field = 3;
    int result = proc_read(pid, "stat", line, sizeof line);

    if (result < 0)
        return result;
    /* The name in parentheses may hold anything, a parenthesis too. */
    at = strrchr(line, ')');
    if (at == NULL || at[1] != ' ')
        return -EBADMSG;
    at += 2;
    stat->state = *at;
    stat->ppid = (pid_t)stat_field(&at, &field, 4);
    stat->pgrp = (pid_t)stat_field(&at, &field, STAT_PGRP);
    stat->is_kernel_thread = (stat_field(&at, &field, STAT_FLAGS) & PF_KTHREAD) != 0;
    stat->num_threads = stat_field(&at, &field, STAT_NUM_THREADS);
    stat->starttime = stat_field(&at, &field, STAT_STARTTIME);
    return 0;
}

/* ---- /proc/PID/status ---------------------------------------------------------------------- */

const char *proc_status_field(const char *status, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = status; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1 + strspn(line + length + 1, " \t");
    }
    return NULL;
}

bool proc_next_number(const char **text, unsigned long *number)
{
    uint64_t value;

    *text += strspn(*text, " \t");
    if (parse_digits(text, ULONG_MAX, &value) < 0)
        return false;
    *number = (unsigned long)value;
    return true;
}

bool proc_status_number(const char *status, const char *name, unsigned long *number)
{
    const char *field = proc_status_field(status, name);

    return field != NULL && proc_next_number(&field, number);
}

bool proc_status_mask(const char *status, const char *name, uint64_t *mask)
{
    const char *field = proc_status_field(status, name);

    return field != NULL && parse_digits_of(&field, 16, UINT64_MAX, mask) == 0;
}

int64_t proc_status_effective_id(const char *status, const char *name)
{
    const char *field = proc_status_field(status, name);
    unsigned long number;

    /* Real, effective, saved, of the file system. */
    if (field == NULL || !proc_next_number(&field, &number) || !proc_next_number(&field, &number))
        return -1;
    return (int64_t)number;
}

size_t proc_status_nspid(const char *status, pid_t *pids, size_t most)
{
    const char *field = proc_status_field(status, "NSpid");
    unsigned long number;
    size_t count = 0;

    while (field != NULL && count < most && proc_next_number(&field, &number))
        pids[count++] = (pid_t)number;
    return count;
}
