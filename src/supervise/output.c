/*
 * output.c - pass on the services' output line by line, each with a prefix
 * Lines of all services go through one sink for stdout and one for stderr. While a sink waits for
 * its reader no stream of it is read, so the pipe of who writes too fast fills up, and it waits.
 */
#include "supervise/output.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervise/sink.h"
#include "supervise/supervise.h"
#include "supervise/watch.h"
#include "util/clock.h"

/* A longer line is split. */
enum { LINE_MOST = 16 * 1024, PREFIX_MOST = 300 };

/* What is read at once: a line and a byte more tell that it is to be split. */
static char scratch[LINE_MOST];

/* One end of a pipe that a run writes to. */
struct stream {
    struct output *output;
    struct stream *next;
    struct sink *sink;
    struct ev_io readable;
    char *kept; /* what could not be passed on yet; owned, or NULL */
    size_t kept_length;
    bool has_ended;
    bool waits; /* for the sink */
    struct stream *next_waiting;
};

struct output {
    struct ev_loop *loop;
    const char *name;
    bool with_time;
    struct stream *streams; /* of this run, and of earlier ones whose writers still live */
};

/* One of each for the whole process, as there is one stdout. */
static struct sink sinks[2];
static unsigned int output_count;

/* Who waits for any of them, in the order of who has waited longest. */
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

static size_t make_prefix(const struct output *output, char prefix[PREFIX_MOST])
{
    struct text text = text_in(prefix, PREFIX_MOST);

    if (output->with_time) {
        text_add_now(&text);
        text_add(&text, " ");
    }
    text_format(&text, "%s | ", output->name);
    return text.length;
}

/* Put a line (without its newline) into the sink. False when that has to wait. */
static bool add_line(struct stream *stream, const char *line, size_t length)
{
    char prefix[PREFIX_MOST];
    size_t prefix_length = make_prefix(stream->output, prefix);
    size_t whole = prefix_length + length + 1;
    char *room;

    while ((room = sink_room(stream->sink, whole)) == NULL)
        if (!sink_write(stream->sink))
            return false;
    memcpy(room, prefix, prefix_length);
    memcpy(room + prefix_length, line, length);
    room[whole - 1] = '\n';
    return true;
}

/* Pass on the lines in the text. How much of it is done. */
static size_t add_lines(struct stream *stream, const char *text, size_t length)
{
    size_t done = 0;

    while (done < length) {
        const char *line = text + done;
        const char *end = memchr(line, '\n', length - done);
        size_t size = end != NULL ? (size_t)(end - line) : length - done;

        /* Its end may be still to come. */
        if (end == NULL && size < LINE_MOST && !stream->has_ended)
            break;
        if (!add_line(stream, line, size))
            break;
        done += size + (end != NULL);
    }
    return done;
}

/* What is left of the text is for later. */
static void keep(struct stream *stream, const char *text, size_t length)
{
    char *kept = length > 0 ? malloc(length) : NULL;

    if (kept != NULL)
        memcpy(kept, text, length);
    free(stream->kept);
    stream->kept = kept;
    stream->kept_length = kept != NULL ? length : 0;
}

/* Fill the scratch with what was kept and what there is to be read. */
static size_t fetch(struct stream *stream)
{
    size_t length = stream->kept_length;
    ssize_t count;

    if (length > 0)
        memcpy(scratch, stream->kept, length);
    if (stream->has_ended || length == sizeof scratch)
        return length;
    do
        count = read(stream->readable.fd, scratch + length, sizeof scratch - length);
    while (count < 0 && errno == EINTR);
    if (count == 0 || (count < 0 && errno != EAGAIN))
        stream->has_ended = true;
    return length + (count > 0 ? (size_t)count : 0);
}

/* A batch of its lines. False when the stream is freed. */
static bool pass_on(struct stream *stream)
{
    size_t length = fetch(stream);
    size_t done = add_lines(stream, scratch, length);

    if (done > 0 || length != stream->kept_length)
        keep(stream, scratch + done, length - done);
    (void)sink_write(stream->sink);
    /* Who writes on gets SIGPIPE, as if there were nobody between. */
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

/* Who has waited for the sink goes on, one after the other, until it is full again. */
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

struct output *output_new(struct ev_loop *loop, const char *name, bool with_time)
{
    struct output *output = calloc(1, sizeof *output);

    if (output == NULL)
        return NULL;
    output->loop = loop;
    output->name = name;
    output->with_time = with_time;
    for (int i = 0; i < 2 && output_count == 0; i++)
        sink_open(&sinks[i], loop, STDOUT_FILENO + i, on_free);
    output_count++;
    return output;
}

/* The end for writing, or -1 with errno. */
static int open_stream(struct output *output, struct sink *sink)
{
    struct stream *stream = calloc(1, sizeof *stream);
    int fd = stream != NULL ? watch_pipe(output->loop, &stream->readable, on_readable, stream) : -1;

    if (fd < 0) {
        free(stream);
        return -1;
    }
    stream->output = output;
    stream->sink = sink;
    stream->next = output->streams;
    output->streams = stream;
    return fd;
}

int output_open_run(struct output *output, int fds[2])
{
    fds[0] = open_stream(output, &sinks[0]);
    if (fds[0] < 0)
        return -1;
    fds[1] = open_stream(output, &sinks[1]);
    if (fds[1] < 0)
        close(fds[0]);
    return fds[1] < 0 ? -1 : 0;
}

size_t output_own_fds(const struct output *output, int *fds)
{
    size_t count = 0;

    for (const struct stream *at = output->streams; at != NULL; at = at->next)
        fds[count++] = at->readable.fd;
    fds[count++] = sinks[0].fd;
    fds[count++] = sinks[1].fd;
    return count;
}

bool output_is_quiet(const struct output *output)
{
    return output->streams == NULL;
}

/* Wait for the sink's reader, until `deadline`. */
static void wait_for_reader(struct sink *sink, uint64_t deadline)
{
    while (sink_waits(sink)) {
        struct pollfd room = {.fd = sink->fd, .events = POLLOUT};
        uint64_t now = supervise_now_ms();

        if (now >= deadline || poll(&room, 1, (int)(deadline - now)) == 0)
            return;
        (void)sink_write(sink);
    }
}

/* All that has been written to the stream, and free it: who may still write has lost his chance. */
static void pass_on_the_rest(struct stream *stream, uint64_t deadline)
{
    struct pollfd more = {.fd = stream->readable.fd, .events = POLLIN};

    do {
        wait_for_reader(stream->sink, deadline);
        if (sink_waits(stream->sink)) {
            free_stream(stream);
            return;
        }
        /* Nothing more to come: what there is of a line is a line. */
        if (poll(&more, 1, 0) == 0)
            stream->has_ended = true;
    } while (pass_on(stream));
}

void output_end(struct output *output, int milliseconds)
{
    uint64_t deadline = supervise_now_ms() + (uint64_t)milliseconds;

    for (struct stream *next, *stream = output->streams; stream != NULL; stream = next) {
        next = stream->next;
        pass_on_the_rest(stream, deadline);
    }
    output_count--;
    for (int i = 0; i < 2 && output_count == 0; i++)
        wait_for_reader(&sinks[i], deadline);
}
