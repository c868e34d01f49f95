/*
 * report_file.c - write the events of --report to a file or a descriptor
 */
#include "report/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/event_json.h"
#include "logs/output.h"
#include "util/loop.h"
#include "linux/inert_fd.h"
#include "util/log.h"
#include "util/parse.h"
#include "util/write_nowait.h"

/* How long the end of nsinit waits for a reader. */
enum { LAST_EVENT_MS = 1000 };

/* An event with the member "lost". */
enum { LINE_SIZE = EVENT_SIZE + 32 };

struct report_file {
    struct ev_loop *loop;
    const char *target;
    int directory_fd; /* of the file; -1 for a descriptor that was taken over */
    dev_t device;     /* of the file when it was opened */
    ino_t inode;
    bool is_stuck;     /* it was moved and cannot be created again, which was logged */
    struct ev_io room; /* on the file; active while the rest of a line waits */
    unsigned long lost;
    size_t begin; /* of the rest in `line`, after a pipe has taken a part */
    size_t end;
    char line[LINE_SIZE];
};

static int take_over(const char *number, struct error *error)
{
    unsigned long fd;
    int flags;
    int own;

    if (parse_number(number, INT_MAX, &fd) < 0)
        return error_reason(error, ERROR_USAGE, "'%s' is not a descriptor number", number);
    if (inert_is_at((int)fd)) {
        errno = EBADF;
        return error_reason(error, ERROR_USAGE, "%m");
    }
    flags = fcntl((int)fd, F_GETFL);
    if (flags < 0)
        return error_reason(error, ERROR_USAGE, "%m");
    if ((flags & O_ACCMODE) == O_RDONLY)
        return error_reason(error, ERROR_USAGE, "is open for reading only");
    own = fcntl((int)fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (own < 0)
        return error_reason(error, ERROR_FAILED, "%m");
    /* The services keep their stdout and stderr. */
    if (fd > STDERR_FILENO)
        close((int)fd);
    return own;
}

/* /dev/stdout would open the file behind it anew, which may belong to another user. */
static const char *as_descriptor(const char *target)
{
    static const char *const names[][2] = {{"/dev/stdout", "fd:1"}, {"/dev/stderr", "fd:2"}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(target, names[i][0]) == 0)
            return names[i][1];
    return target;
}

/* The last component of the path. */
static const char *name_in(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/*
 * nsinit holds the directory open: it leaves its working directory, and while services run a link
 * could take the place of a directory of the path.
 */
static int open_directory(const char *path)
{
    size_t length = (size_t)(name_in(path) - path);
    char *directory = length > 0 ? strndup(path, length) : strdup(".");
    int fd = directory != NULL ? open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

    free(directory);
    return fd;
}

static int explain_open(const char *path, struct error *error)
{
    if (errno != ELOOP)
        return error_reason(error, ERROR_FAILED, "%m");
    error_hint(error, "name the target of the link, or open it in the shell: --report fd:3 3>>%s",
               path);
    return error_reason(error, ERROR_FAILED, "is a symbolic link, which is not followed");
}

/* O_NOFOLLOW: in a directory like /tmp other users may have placed a link. */
static int open_file(struct report_file *report_file)
{
    const char *name = name_in(report_file->target);
    int flags = O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
    struct stat status;
    int fd = openat(report_file->directory_fd, name, O_WRONLY | O_CREAT | flags, 0600);

    /* A FIFO without a reader: O_RDWR makes nsinit one (fifo(7)). */
    if (fd < 0 && errno == ENXIO)
        fd = openat(report_file->directory_fd, name, O_RDWR | flags);
    if (fd < 0 || fstat(fd, &status) < 0)
        return fd;
    report_file->device = status.st_dev;
    report_file->inode = status.st_ino;
    return fd;
}

/* Whether the name leads to no file or to another one. */
static bool was_moved(const struct report_file *report_file)
{
    struct stat status;

    if (fstatat(report_file->directory_fd, name_in(report_file->target), &status,
                AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT;
    return status.st_dev != report_file->device || status.st_ino != report_file->inode;
}

/* A log rotator need not send a signal, as HUP is forwarded to the services. */
static void follow_name(struct report_file *report_file)
{
    int fd;

    if (report_file->directory_fd < 0 || !was_moved(report_file))
        return;
    fd = open_file(report_file);
    if (fd < 0 && !report_file->is_stuck)
        log_line(LOG_WARNING, "--report %s: open again after a move: %m", report_file->target);
    report_file->is_stuck = fd < 0;
    if (fd < 0)
        return;
    close(report_file->room.fd);
    ev_io_set(&report_file->room, fd, EV_WRITE);
}

/* ---- writing ------------------------------------------------------------------------------- */

static bool has_rest(const struct report_file *report_file)
{
    return report_file->begin < report_file->end;
}

static void drop_rest(struct report_file *report_file)
{
    report_file->begin = report_file->end;
    ev_io_stop(report_file->loop, &report_file->room);
}

static void write_rest(struct report_file *report_file)
{
    while (has_rest(report_file)) {
        ssize_t count = write_nowait(report_file->room.fd, report_file->line + report_file->begin,
                                     report_file->end - report_file->begin);

        if (count == -EAGAIN)
            return;
        if (count <= 0)
            break;
        report_file->begin += (size_t)count;
    }
    if (has_rest(report_file))
        report_file->lost++;
    drop_rest(report_file);
}

static void on_room(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    watch_again(loop, watcher, events);
    write_rest(watcher->data);
}

/*
 * The disk is full: remove the part of the line that was written. False when `fd` is not a regular
 * file.
 */
static bool take_back(int fd, size_t written)
{
    struct stat status;
    off_t end = lseek(fd, 0, SEEK_CUR);

    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        return false;
    if (status.st_size == end)
        (void)!ftruncate(fd, end - (off_t)written);
    return true;
}

/* Write `line`. False if it is lost. */
static bool write_line(struct report_file *report_file, size_t length)
{
    int fd = report_file->room.fd;
    enum output_result said = output_write_line(fd, report_file->line, length);
    ssize_t count;

    if (said != OUTPUT_OTHER_FILE)
        return said == OUTPUT_WRITTEN;
    count = write_nowait(fd, report_file->line, length);
    if (count == (ssize_t)length)
        return true;
    if (count <= 0 || take_back(fd, (size_t)count))
        return false;
    report_file->begin = (size_t)count;
    report_file->end = length;
    watch_start(report_file->loop, &report_file->room);
    return true;
}

void report_file_add(struct report_file *report_file, const struct strbuf *event)
{
    struct strbuf line = strbuf_in(report_file->line, sizeof report_file->line);

    write_rest(report_file);
    if (has_rest(report_file)) {
        report_file->lost++;
        return;
    }
    follow_name(report_file);
    strbuf_add(&line, event->data);
    if (report_file->lost > 0)
        event_json_add_lost(&line, report_file->lost);
    if (write_line(report_file, line.length))
        report_file->lost = 0;
    else
        report_file->lost++;
}

/* ---- open and close ------------------------------------------------------------------------ */

/* The descriptor, or -1 with the reason filled in. */
static int open_target(struct report_file *report_file, struct error *error)
{
    const char *meant = as_descriptor(report_file->target);
    int fd;

    report_file->directory_fd = -1;
    if (strncmp(meant, "fd:", 3) == 0)
        return take_over(meant + 3, error);
    report_file->directory_fd = open_directory(report_file->target);
    fd = report_file->directory_fd >= 0 ? open_file(report_file) : -1;
    if (fd >= 0)
        return fd;
    explain_open(report_file->target, error);
    if (report_file->directory_fd >= 0)
        close(report_file->directory_fd);
    return -1;
}

struct report_file *report_file_open(const char *target, struct ev_loop *loop, struct error *error)
{
    struct report_file *report_file = calloc(1, sizeof *report_file);
    int fd = -1;

    if (report_file == NULL) {
        error_reason(error, ERROR_FAILED, "%m");
    } else {
        report_file->target = target;
        fd = open_target(report_file, error);
    }
    if (fd < 0) {
        error_subject(error, "--report %s", target);
        free(report_file);
        return NULL;
    }
    report_file->loop = loop;
    ev_io_init(&report_file->room, on_room, fd, EV_WRITE);
    report_file->room.data = report_file;
    return report_file;
}

bool report_file_is_quiet(const struct report_file *report_file)
{
    return !has_rest(report_file);
}

void report_file_close(struct report_file *report_file)
{
    struct pollfd room = {.fd = report_file->room.fd, .events = POLLOUT};

    while (has_rest(report_file) && poll(&room, 1, LAST_EVENT_MS) > 0)
        write_rest(report_file);
    drop_rest(report_file);
    close(report_file->room.fd);
    if (report_file->directory_fd >= 0)
        close(report_file->directory_fd);
    free(report_file);
}
