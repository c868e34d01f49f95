/*
 * readiness.c - a service says that it is ready by a newline on a descriptor of its own
 */
#include "supervise/readiness.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "supervise/watch.h"

void readiness_hear(struct supervised *supervised)
{
    char bytes[256];
    ssize_t count;

    if (supervised->listening == NULL || !ev_is_active(&supervised->listening->ready))
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
    watch_again(loop, watcher, events);
    readiness_hear(watcher->data);
}

int readiness_open(struct supervised *supervised)
{
    return watch_pipe(supervised->supervisor->loop, &supervised->listening->ready, on_readable,
                      supervised);
}

void readiness_end(struct supervised *supervised)
{
    if (supervised->listening != NULL)
        watch_end(supervised->supervisor->loop, &supervised->listening->ready);
}
