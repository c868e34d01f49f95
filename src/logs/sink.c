/*
 * sink.c - write whole lines of several services to stdout or stderr without blocking
 */
#include "logs/sink_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/loop.h"
#include "linux/proc.h"
#include "util/write_nowait.h"

static void on_writable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct sink *sink = watcher->data;

    watch_again(loop, watcher, events);
    if (sink_write(sink))
        sink->on_free(sink);
}

/* Only a terminal that is opened anew reports that ^S has stopped it. */
static int open_terminal(int fd)
{
    struct proc_path path;

    return open(proc_path_of_fd(&path, fd), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void sink_open(struct sink *sink, struct ev_loop *loop, int fd, void (*on_free)(struct sink *sink))
{
    int own = isatty(fd) ? open_terminal(fd) : -1;

    sink->loop = loop;
    sink->fd = own >= 0 ? own : fd;
    sink->on_free = on_free;
    ev_io_init(&sink->writable, on_writable, sink->fd, EV_WRITE);
    sink->writable.data = sink;
}

char *sink_room(struct sink *sink, size_t most)
{
    if (ev_is_active(&sink->writable) || sink->length + most > SINK_SIZE)
        return NULL;
    return sink->text + sink->length;
}

void sink_add(struct sink *sink, size_t length)
{
    sink->length += length;
}

bool sink_add_own(struct sink *sink, const char *line, size_t length)
{
    if (sink->length + length > sizeof sink->text)
        return false;
    memcpy(sink->text + sink->length, line, length);
    sink_add(sink, length);
    /* While a batch waits, on_writable writes all, and calls on_free. */
    if (!ev_is_active(&sink->writable))
        (void)sink_write(sink);
    return true;
}

bool sink_write(struct sink *sink)
{
    while (!sink->is_gone && sink->written < sink->length) {
        ssize_t count =
            write_nowait(sink->fd, sink->text + sink->written, sink->length - sink->written);

        if (count == -EAGAIN) {
            watch_start(sink->loop, &sink->writable);
            return false;
        }
        /* A full disk loses these lines, as without nsinit. A pipe without a reader loses all. */
        if (count == -EPIPE || count == -EBADF)
            sink->is_gone = true;
        else if (count < 0)
            break;
        else
            sink->written += (size_t)count;
    }
    sink->length = 0;
    sink->written = 0;
    ev_io_stop(sink->loop, &sink->writable);
    return true;
}
