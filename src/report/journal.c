/*
 * journal.c - where the events go that --report asks for: a file, or one that is open already
 */
#include "report/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/event.h"
#include "supervise/watch.h"
#include "util/inert.h"
#include "util/parse.h"
#include "util/patience.h"

/* How long the end of nsinit waits for a reader. */
enum { LAST_EVENT_MS = 1000 };

/* An event, and how many were lost before it. */
enum { LINE_SIZE = EVENT_SIZE + 32 };

struct journal {
    struct ev_loop *loop;
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
static int open_file(const char *path, struct error *error)
{
    int flags = O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
    int fd = open(path, O_WRONLY | O_CREAT | flags, 0600);

    /* A FIFO that nobody reads yet: so we hold its other end ourselves, fifo(7). */
    if (fd < 0 && errno == ENXIO)
        fd = open(path, O_RDWR | flags);
    return fd >= 0 ? fd : explain_open(path, error);
}

/* ---- writing ------------------------------------------------------------------------------- */

static bool has_rest(const struct journal *journal)
{
    return journal->begin < journal->end;
}

static void drop_rest(struct journal *journal)
{
    journal->begin = journal->end;
    ev_io_stop(journal->loop, &journal->room);
}

static void write_rest(struct journal *journal)
{
    while (has_rest(journal)) {
        ssize_t count = write_at_once(journal->room.fd, journal->line + journal->begin,
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
static bool write_line(struct journal *journal, size_t length)
{
    int fd = journal->room.fd;
    ssize_t count = write_at_once(fd, journal->line, length);

    if (count == (ssize_t)length)
        return true;
    if (count <= 0 || take_back(fd, (size_t)count))
        return false;
    journal->begin = (size_t)count;
    journal->end = length;
    watch_start(journal->loop, &journal->room);
    return true;
}

void journal_add(struct journal *journal, const struct text *event)
{
    struct text line = text_in(journal->line, sizeof journal->line);

    write_rest(journal);
    if (has_rest(journal)) {
        journal->lost++;
        return;
    }
    text_add(&line, event->data);
    if (journal->lost > 0 && line.length > strlen("}\n")) {
        line.length -= strlen("}\n");
        text_format(&line, ",\"lost\":%lu}\n", journal->lost);
    }
    if (write_line(journal, line.length))
        journal->lost = 0;
    else
        journal->lost++;
}

/* ---- beginning and end --------------------------------------------------------------------- */

struct journal *journal_open(const char *target, struct ev_loop *loop, struct error *error)
{
    struct journal *journal = calloc(1, sizeof *journal);
    const char *meant = as_descriptor(target);
    int fd = -1;

    if (journal == NULL)
        error_reason(error, ERROR_FAILED, "%m");
    else if (strncmp(meant, "fd:", 3) == 0)
        fd = take_over(meant + 3, error);
    else
        fd = open_file(target, error);
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

bool journal_is_quiet(const struct journal *journal)
{
    return !has_rest(journal);
}

int journal_fd(const struct journal *journal)
{
    return journal->room.fd;
}

void journal_close(struct journal *journal)
{
    struct pollfd room = {.fd = journal->room.fd, .events = POLLOUT};

    while (has_rest(journal) && poll(&room, 1, LAST_EVENT_MS) > 0)
        write_rest(journal);
    drop_rest(journal);
    close(journal->room.fd);
    free(journal);
}
