/*
 * ready_fd.c - a service reports readiness by a newline on a descriptor
 */
#include "service/ready_fd_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/fd.h"
#include "util/loop.h"

/* nsinit's end of the pipe, or NULL. It is never descriptor 0, which is stdin. */
static struct ev_io *pipe_of(struct supervised *supervised)
{
    struct listening *listening = supervised->listening;

    return listening != NULL && listening->ready.fd > 0 ? &listening->ready : NULL;
}

void ready_fd_read(struct supervised *supervised)
{
    const struct ev_io *pipe = pipe_of(supervised);
    char bytes[256];
    ssize_t count;

    if (pipe == NULL)
        return;
    count = read(pipe->fd, bytes, sizeof bytes);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count > 0 && memchr(bytes, '\n', (size_t)count) == NULL)
        return;
    ready_fd_end(supervised);
    if (count > 0)
        supervised->machine->on_event(supervised, EVENT_READY);
}

static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    watch_again(loop, watcher, events);
    ready_fd_read(watcher->data);
}

/* A descriptor without close-on-exec is inherited, and so meant for the program: not nsinit's own.
 */
void ready_fd_take_parents(struct supervised *supervised)
{
    int fd = plan_of(supervised)->ready_fd;

    supervised->listening->parent_ready_fd = -1;
    if (fd == 0 || supervised->common->is_inner || supervised->common->pod->file != NULL ||
        fcntl(fd, F_GETFD) != 0 || (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY ||
        !S_ISFIFO(fd_mode(fd)))
        return;
    supervised->listening->parent_ready_fd = fcntl(fd, F_DUPFD_CLOEXEC, fd + 1);
}

void ready_fd_notify_parent(struct supervised *supervised)
{
    struct pollfd pipe = {.fd = supervised->listening->parent_ready_fd, .events = POLLOUT};

    /* Never wait for a pipe that is full or has no reader. */
    if (pipe.fd < 0 || poll(&pipe, 1, 0) != 1)
        return;
    if ((pipe.revents & POLLOUT) != 0)
        (void)!write(pipe.fd, "\n", 1);
    close(pipe.fd);
    supervised->listening->parent_ready_fd = -1;
}

int ready_fd_open(struct supervised *supervised)
{
    struct ev_loop *loop = supervised->common->loop;
    struct ev_io *watcher = &supervised->listening->ready;
    int end = watch_pipe(loop, watcher, on_readable, supervised);

    if (end >= 0)
        ev_io_stop(loop, watcher);
    return end;
}

void ready_fd_begin(struct supervised *supervised)
{
    struct ev_io *pipe = pipe_of(supervised);

    if (pipe != NULL)
        watch_start(supervised->common->loop, pipe);
}

void ready_fd_end(struct supervised *supervised)
{
    struct ev_io *pipe = pipe_of(supervised);

    if (pipe == NULL)
        return;
    ev_io_stop(supervised->common->loop, pipe);
    close(pipe->fd);
    ev_io_set(pipe, 0, EV_READ);
}
