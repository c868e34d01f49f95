/*
 * report_file.c - where the events go that --report asks for: a file, or one that is open already
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

/* An event, and how many were lost before it. */
enum { LINE_SIZE = EVENT_SIZE + 32 };

struct report_file {
    struct ev_loop *loop;
    const char *target;
    int directory_fd; /* which the file is in; -1: it was open already */
    dev_t device;     /* the file's, as it was opened */
    ino_t inode;
    bool is_stuck;     /* it was moved, and can't be opened anew: that was said */
    struct ev_io room; /* active while there is a rest */
    unsigned long lost;
    size_t begin; /* of the rest of a line that a pipe has taken a part of */
    size_t end;
    char line[LINE_SIZE];
};

static int take_over(const char *number, struct error *error)
{
    unsigned long fd;
    int flags;
    int own;

    if (parse_number(number, INT_MAX, &fd) < 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no descriptor", number);
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
    /* The service's output is not to be taken away from it. */
    if (fd > STDERR_FILENO)
        close((int)fd);
    return own;
}

/* Not by /dev, where each is a link: a descriptor that was handed down may be another user's. */
static const char *as_descriptor(const char *target)
{
    static const char *const names[][2] = {{"/dev/stdout", "fd:1"}, {"/dev/stderr", "fd:2"}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(target, names[i][0]) == 0)
            return names[i][1];
    return target;
}

/* The part of a path behind the directory. */
static const char *name_in(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/*
 * The directory is held: nsinit leaves its working directory, and a link that took the place of a
 * directory while services run could lead anywhere.
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
    error_hint(error,
               "name the file that it leads to, or open it in the shell: --report fd:3 3>>%s",
               path);
    return error_reason(error, ERROR_FAILED, "is a symbolic link, which is not followed");
}

/* It may stand where others may write, as in /tmp: not what their link leads to. */
static int open_file(struct report_file *journal)
{
    const char *name = name_in(journal->target);
    int flags = O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
    struct stat status;
    int fd = openat(journal->directory_fd, name, O_WRONLY | O_CREAT | flags, 0600);

    /* A FIFO that nobody reads yet: so we hold its other end ourselves, fifo(7). */
    if (fd < 0 && errno == ENXIO)
        fd = openat(journal->directory_fd, name, O_RDWR | flags);
    if (fd < 0 || fstat(fd, &status) < 0)
        return fd;
    journal->device = status.st_dev;
    journal->inode = status.st_ino;
    return fd;
}

/* Whether there is no file of the name any more, or another one. */
static bool was_moved(const struct report_file *journal)
{
    struct stat status;

    if (fstatat(journal->directory_fd, name_in(journal->target), &status, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT;
    return status.st_dev != journal->device || status.st_ino != journal->inode;
}

/* Whoever rotates the file need not tell: HUP is for the services. */
static void follow_name(struct report_file *journal)
{
    int fd;

    if (journal->directory_fd < 0 || !was_moved(journal))
        return;
    fd = open_file(journal);
    if (fd < 0 && !journal->is_stuck)
        log_line(LOG_WARNING, "--report %s: open again after a move: %m", journal->target);
    journal->is_stuck = fd < 0;
    if (fd < 0)
        return;
    close(journal->room.fd);
    ev_io_set(&journal->room, fd, EV_WRITE);
}

/* ---- writing ------------------------------------------------------------------------------- */

static bool has_rest(const struct report_file *journal)
{
    return journal->begin < journal->end;
}

static void drop_rest(struct report_file *journal)
{
    journal->begin = journal->end;
    ev_io_stop(journal->loop, &journal->room);
}

static void write_rest(struct report_file *journal)
{
    while (has_rest(journal)) {
        ssize_t count = write_nowait(journal->room.fd, journal->line + journal->begin,
                                      journal->end - journal->begin);

        if (count == -EAGAIN)
            return;
        if (count <= 0)
            break;
        journal->begin += (size_t)count;
    }
    if (has_rest(journal))
        journal->lost++;
    drop_rest(journal);
}

static void on_room(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    watch_again(loop, watcher, events);
    write_rest(watcher->data);
}

/*
 * The disk is full: the part of a line that still had room is taken back. False when it is no file
 * on a disk.
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

/* The line in `line`. False when it is lost. */
static bool write_line(struct report_file *journal, size_t length)
{
    int fd = journal->room.fd;
    enum output_said said = output_say(fd, journal->line, length);
    ssize_t count;

    if (said != OUTPUT_OTHER_FILE)
        return said == OUTPUT_SAID;
    count = write_nowait(fd, journal->line, length);
    if (count == (ssize_t)length)
        return true;
    if (count <= 0 || take_back(fd, (size_t)count))
        return false;
    journal->begin = (size_t)count;
    journal->end = length;
    watch_start(journal->loop, &journal->room);
    return true;
}

void report_file_add(struct report_file *journal, const struct strbuf *event)
{
    struct strbuf line = strbuf_in(journal->line, sizeof journal->line);

    write_rest(journal);
    if (has_rest(journal)) {
        journal->lost++;
        return;
    }
    follow_name(journal);
    strbuf_add(&line, event->data);
    if (journal->lost > 0 && line.length > strlen("}\n")) {
        line.length -= strlen("}\n");
        strbuf_format(&line, ",\"lost\":%lu}\n", journal->lost);
    }
    if (write_line(journal, line.length))
        journal->lost = 0;
    else
        journal->lost++;
}

/* ---- beginning and end --------------------------------------------------------------------- */

/* The file, or -1 with the reason filled in. */
static int open_target(struct report_file *journal, struct error *error)
{
    const char *meant = as_descriptor(journal->target);
    int fd;

    journal->directory_fd = -1;
    if (strncmp(meant, "fd:", 3) == 0)
        return take_over(meant + 3, error);
    journal->directory_fd = open_directory(journal->target);
    fd = journal->directory_fd >= 0 ? open_file(journal) : -1;
    if (fd >= 0)
        return fd;
    explain_open(journal->target, error);
    if (journal->directory_fd >= 0)
        close(journal->directory_fd);
    return -1;
}

struct report_file *report_file_open(const char *target, struct ev_loop *loop, struct error *error)
{
    struct report_file *journal = calloc(1, sizeof *journal);
    int fd = -1;

    if (journal == NULL) {
        error_reason(error, ERROR_FAILED, "%m");
    } else {
        journal->target = target;
        fd = open_target(journal, error);
    }
    if (fd < 0) {
        error_subject(error, "--report %s", target);
        free(journal);
        return NULL;
    }
    journal->loop = loop;
    ev_io_init(&journal->room, on_room, fd, EV_WRITE);
    journal->room.data = journal;
    return journal;
}

bool report_file_is_quiet(const struct report_file *journal)
{
    return !has_rest(journal);
}

size_t report_file_own_fds(const struct report_file *journal, int *fds)
{
    fds[0] = journal->room.fd;
    fds[1] = journal->directory_fd;
    return REPORT_FILE_FILES;
}

void report_file_close(struct report_file *journal)
{
    struct pollfd room = {.fd = journal->room.fd, .events = POLLOUT};

    while (has_rest(journal) && poll(&room, 1, LAST_EVENT_MS) > 0)
        write_rest(journal);
    drop_rest(journal);
    close(journal->room.fd);
    if (journal->directory_fd >= 0)
        close(journal->directory_fd);
    free(journal);
}
