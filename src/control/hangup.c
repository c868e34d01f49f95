/*
 * hangup.c - a client that has nothing more to say, and goes before its answer comes
 * The end of what it says can be read for ever, so its socket is not watched any more, and by
 * libev it can't be for its hanging up alone. An epoll(7) of our own can, and is watched instead.
 */
#include <sys/epoll.h>

#include "control/connection_private.h"
#include "util/loop.h"

static void on_hangup(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct epoll_event gone;

    watch_again(loop, watcher, events);
    /* One at a time: who else has gone is reported again. */
    if (epoll_wait(watcher->fd, &gone, 1, 0) == 1)
        connection_free(gone.data.ptr);
}

void hangup_open(struct server *server)
{
    int fd = epoll_create1(EPOLL_CLOEXEC);

    server->hangups.fd = fd;
    if (fd >= 0)
        watch_file(server->supervisor->loop, &server->hangups, fd, on_hangup, server);
}

bool hangup_watch(struct connection *connection)
{
    struct epoll_event hangup = {.events = 0, .data.ptr = connection};

    connection->is_silent = epoll_ctl(connection->server->hangups.fd, EPOLL_CTL_ADD,
                                      connection->readable.fd, &hangup) == 0;
    return connection->is_silent;
}

/* Not left to close(2): a process that is just being made may have the socket open as well. */
void hangup_forget(struct connection *connection)
{
    if (connection->is_silent)
        (void)epoll_ctl(connection->server->hangups.fd, EPOLL_CTL_DEL, connection->readable.fd,
                        NULL);
}

void hangup_close(struct server *server)
{
    watch_end(server->supervisor->loop, &server->hangups);
}
