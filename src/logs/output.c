/*
 * output.c - pass on the services' output line by line, each with a prefix
 * The lines of all services go through one sink for stdout and one for stderr, or through one for
 * both if they are the same file. nsinit's own lines go through the sinks too: a reader may take a
 * part of a line, and nothing may be written between that part and the rest. While a sink waits for
 * its reader, its streams are not read, so a service that writes faster than the reader blocks.
 */
#include "logs/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs/sink_private.h"
#include "util/loop.h"
#include "util/time.h"
#include "util/json.h"
#include "util/utf8.h"

/* A longer line is split. */
enum { OUTPUT_LINE_MAX = SINK_LINE_MAX };

/* Room for the parts that a format adds to a line. */
enum { AROUND_MAX = 512 };

/* A read: a line, one more byte that tells whether the line is longer, and a NUL. */
static char scratch[OUTPUT_LINE_MAX + 2];

/* The pipe for stdout or stderr of a run. */
struct stream {
    struct output *output;
    struct stream *next;
    struct sink *sink;
    const char *stream_name;
    struct ev_io readable;
    char *kept; /* output that could not be passed on yet; owned, or NULL */
    size_t kept_length;
    bool has_ended;
    bool waits; /* for room in the sink */
    struct stream *next_waiting;
};

struct output {
    struct ev_loop *loop;
    const char *name;
    enum log_format format;
    struct stream *streams; /* of this run, and of earlier ones that still have writers */
};

/* One for stdout and one for stderr of nsinit. The second is unused if they are one file. */
static struct sink sinks[2];
static bool is_one_file;
static unsigned int output_count;

/* The sink for stdout or stderr. */
static struct sink *sink_of(int fd)
{
    return &sinks[is_one_file ? 0 : fd - STDOUT_FILENO];
}

/* The streams that wait for a sink, the first one for the longest time. */
static struct stream *waiting;

static void start_waiting(struct stream *stream)
{
    struct stream **at = &waiting;

    ev_io_stop(stream->output->loop, &stream->readable);
    if (stream->waits)
        return;
    while (*at != NULL)
        at = &(*at)->next_waiting;
    *at = stream;
    stream->next_waiting = NULL;
    stream->waits = true;
}

static void end_waiting(struct stream *stream)
{
    struct stream **at = &waiting;

    if (!stream->waits)
        return;
    while (*at != stream)
        at = &(*at)->next_waiting;
    *at = stream->next_waiting;
    stream->waits = false;
}

static void free_stream(struct stream *stream)
{
    struct stream **at = &stream->output->streams;

    end_waiting(stream);
    while (*at != stream)
        at = &(*at)->next;
    *at = stream->next;
    ev_io_stop(stream->output->loop, &stream->readable);
    close(stream->readable.fd);
    free(stream->kept);
    free(stream);
}

/* Format a line without its newline; it may contain NULs. */
static void format_line(struct strbuf *text, const struct stream *stream, const char *line,
                        size_t length)
{
    const struct output *output = stream->output;

    if (output->format == LOG_JSON) {
        log_add_object(text, output->name, stream->stream_name, line, length);
        return;
    }
    if (output->format == LOG_TIME) {
        time_add_now(text);
        strbuf_add(text, " ");
    }
    strbuf_format(text, "%s | ", output->name);
    memcpy(text->data + text->length, line, length);
    text->length += length;
}

/* Add a line, without its newline, to the sink. False if the sink has no room now. */
static bool add_line(struct stream *stream, const char *line, size_t length)
{
    size_t growth = stream->output->format == LOG_JSON ? JSON_GROWTH : 1;
    size_t most = length * growth + AROUND_MAX;
    struct strbuf text;
    char *room;

    while ((room = sink_room(stream->sink, most)) == NULL)
        if (!sink_write(stream->sink))
            return false;
    text = strbuf_in(room, most);
    format_line(&text, stream, line, length);
    room[text.length] = '\n';
    sink_add(stream->sink, text.length + 1);
    return true;
}

/* The length of the first line, or of the part of a long line that is passed on as one. */
static size_t first_line(const char *text, size_t length, bool *has_newline)
{
    const char *end = memchr(text, '\n', length);
    size_t size = end != NULL ? (size_t)(end - text) : length;

    *has_newline = end != NULL;
    if (size <= OUTPUT_LINE_MAX)
        return size;
    *has_newline = false;
    return utf8_cut(text, OUTPUT_LINE_MAX);
}

/* Pass on the lines of the text. Returns how many bytes of it are done. */
static size_t add_lines(struct stream *stream, const char *text, size_t length)
{
    size_t done = 0;

    while (done < length) {
        bool has_newline;
        size_t size = first_line(text + done, length - done, &has_newline);

        /* The rest of the line may follow. */
        if (!has_newline && size == length - done && !stream->has_ended)
            break;
        if (!add_line(stream, text + done, size))
            break;
        done += size + has_newline;
    }
    return done;
}

/* Keep the rest of the text for later. */
static void keep(struct stream *stream, const char *text, size_t length)
{
    char *kept = length > 0 ? malloc(length) : NULL;

    if (kept != NULL)
        memcpy(kept, text, length);
    free(stream->kept);
    stream->kept = kept;
    stream->kept_length = kept != NULL ? length : 0;
}

/* Fill `scratch` with kept output, and read more. Returns the length. */
static size_t fetch(struct stream *stream)
{
    const size_t most = sizeof scratch - 1;
    size_t length = stream->kept_length;
    ssize_t count;

    if (length > 0)
        memcpy(scratch, stream->kept, length);
    if (stream->has_ended || length == most)
        return length;
    do
        count = read(stream->readable.fd, scratch + length, most - length);
    while (count < 0 && errno == EINTR);
    if (count == 0 || (count < 0 && errno != EAGAIN))
        stream->has_ended = true;
    return length + (count > 0 ? (size_t)count : 0);
}

/* Pass on a batch of lines. False if the stream has been freed. */
static bool pass_on(struct stream *stream)
{
    size_t length = fetch(stream);
    size_t done;

    scratch[length] = '\0';
    done = add_lines(stream, scratch, length);
    if (done > 0 || length != stream->kept_length)
        keep(stream, scratch + done, length - done);
    (void)sink_write(stream->sink);
    /* Once nsinit's reader has gone, the service gets SIGPIPE, as it would without nsinit. */
    if (stream->sink->is_gone || (stream->has_ended && stream->kept_length == 0)) {
        free_stream(stream);
        return false;
    }
    if (sink_waits(stream->sink))
        start_waiting(stream);
    return true;
}

static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct stream *stream = watcher->data;

    watch_again(loop, watcher, events);
    if (sink_waits(stream->sink))
        start_waiting(stream);
    else
        (void)pass_on(stream);
}

/* The sink has room: pass on the waiting streams in turn, until it is full again. */
static void on_free(struct sink *sink)
{
    struct stream *stream = waiting;

    while (stream != NULL && !sink_waits(sink)) {
        struct stream *next = stream->next_waiting;

        if (stream->sink == sink) {
            end_waiting(stream);
            if (pass_on(stream) && !stream->waits)
                watch_start(stream->output->loop, &stream->readable);
        }
        stream = next;
    }
}

static mode_t kind_of(const struct stat *status)
{
    return status->st_mode & S_IFMT;
}

/* A terminal may have several files: compare its device number. */
static bool is_same_file(int one, int other)
{
    struct stat a;
    struct stat b;

    if (fstat(one, &a) < 0 || fstat(other, &b) < 0 || kind_of(&a) != kind_of(&b) ||
        (fcntl(one, F_GETFL) & O_ACCMODE) != (fcntl(other, F_GETFL) & O_ACCMODE))
        return false;
    if (S_ISCHR(a.st_mode))
        return a.st_rdev == b.st_rdev;
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

enum output_result output_write_line(int fd, const char *line, size_t length)
{
    for (int own = STDOUT_FILENO; own <= STDERR_FILENO && output_count > 0; own++)
        if (is_same_file(fd, own))
            return sink_add_own(sink_of(own), line, length) ? OUTPUT_WRITTEN : OUTPUT_FULL;
    return OUTPUT_OTHER_FILE;
}

static bool write_to_stderr(const char *line, size_t length)
{
    return sink_add_own(sink_of(STDERR_FILENO), line, length);
}

static void open_sinks(struct ev_loop *loop)
{
    is_one_file = is_same_file(STDOUT_FILENO, STDERR_FILENO);
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
        if (fd == STDOUT_FILENO || !is_one_file)
            sink_open(sink_of(fd), loop, fd, on_free);
    log_write_by(write_to_stderr);
}

struct output *output_new(struct ev_loop *loop, const char *name, enum log_format format)
{
    struct output *output = calloc(1, sizeof *output);

    if (output == NULL)
        return NULL;
    output->loop = loop;
    output->name = name;
    output->format = format;
    if (output_count++ == 0)
        open_sinks(loop);
    return output;
}

/* Open a pipe. Returns its end for writing, or -1 with errno. */
static int open_stream(struct output *output, int given, const char *name)
{
    struct stream *stream = calloc(1, sizeof *stream);
    int fd = stream != NULL ? watch_pipe(output->loop, &stream->readable, on_readable, stream) : -1;

    if (fd < 0) {
        free(stream);
        return -1;
    }
    stream->output = output;
    stream->sink = sink_of(given);
    stream->stream_name = name;
    stream->next = output->streams;
    output->streams = stream;
    return fd;
}

int output_open_run(struct output *output, int fds[2])
{
    fds[0] = open_stream(output, STDOUT_FILENO, "stdout");
    if (fds[0] < 0)
        return -1;
    fds[1] = open_stream(output, STDERR_FILENO, "stderr");
    if (fds[1] < 0)
        close(fds[0]);
    return fds[1] < 0 ? -1 : 0;
}

bool output_is_quiet(const struct output *output)
{
    return output->streams == NULL && !sink_waits(sink_of(STDOUT_FILENO)) &&
           !sink_waits(sink_of(STDERR_FILENO));
}

/* Wait for the reader of the sink until `deadline`, in monotonic milliseconds. */
static void wait_for_reader(struct sink *sink, uint64_t deadline)
{
    while (sink_waits(sink)) {
        struct pollfd room = {.fd = sink->fd, .events = POLLOUT};
        uint64_t now = time_monotonic_ms();

        if (now >= deadline || poll(&room, 1, (int)(deadline - now)) == 0)
            return;
        (void)sink_write(sink);
    }
}

/* Pass on all output that has been written to the stream, and free the stream. */
static void drain_stream(struct stream *stream, uint64_t deadline)
{
    struct pollfd more = {.fd = stream->readable.fd, .events = POLLIN};

    do {
        wait_for_reader(stream->sink, deadline);
        if (sink_waits(stream->sink)) {
            free_stream(stream);
            return;
        }
        /* The pipe is empty: a last part of a line counts as a line. */
        if (poll(&more, 1, 0) == 0)
            stream->has_ended = true;
    } while (pass_on(stream));
}

void output_end(struct output *output, int milliseconds)
{
    uint64_t deadline = time_monotonic_ms() + (uint64_t)milliseconds;

    for (struct stream *next, *stream = output->streams; stream != NULL; stream = next) {
        next = stream->next;
        drain_stream(stream, deadline);
    }
    if (--output_count > 0)
        return;
    wait_for_reader(sink_of(STDOUT_FILENO), deadline);
    wait_for_reader(sink_of(STDERR_FILENO), deadline);
    log_write_by(NULL);
}
