/*
 * readiness.c - a service says that it is ready by a newline on a descriptor of its own
 */
#include "supervise/readiness.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool readiness_is_awaited(const struct supervised *supervised)
{
    return supervised->listening != NULL && supervised->listening->ready.data != NULL;
}

void readiness_hear(struct supervised *supervised)
{
    char bytes[256];
    ssize_t count;

    if (!readiness_is_awaited(supervised))
        return;
    count = read(supervised->listening->ready.fd, bytes, sizeof bytes);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count > 0 && memchr(bytes, '\n', (size_t)count) == NULL)
        return;
    readiness_end(supervised);
    if (count > 0)
        supervise_event(supervised, EVENT_READY);
}

static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    readiness_hear(watcher->data);
}

int readiness_open(struct supervised *supervised)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    /* Of this end alone: the service's is as it expects it. */
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ev_io_init(&supervised->listening->ready, on_readable, ends[0], EV_READ);
    supervised->listening->ready.data = supervised;
    return ends[1];
}

void readiness_begin(struct supervised *supervised)
{
    ev_io_start(supervised->supervisor->loop, &supervised->listening->ready);
}

void readiness_end(struct supervised *supervised)
{
    if (!readiness_is_awaited(supervised))
        return;
    ev_io_stop(supervised->supervisor->loop, &supervised->listening->ready);
    close(supervised->listening->ready.fd);
    supervised->listening->ready.data = NULL;
}
