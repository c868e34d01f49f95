/*
 * hangup.c - notice when a silent client goes away before its answer has come
 * A client that has shut down its side makes its socket readable forever, and libev cannot watch
 * for EPOLLHUP alone. An epoll(7) of our own can, and libev watches that epoll.
 */
#include <sys/epoll.h>

#include "control/connection_private.h"
#include "util/loop.h"

static void on_hangup(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    const struct server *server = watcher->data;
    struct epoll_event hangup;

    watch_again(loop, watcher, events);
    /* Take one event a turn; the kernel reports the others again. */
    if (epoll_wait(watcher->fd, &hangup, 1, 0) == 1)
        server->on_hangup(hangup.data.ptr);
}

void hangup_open(struct server *server, void (*callback)(struct connection *connection))
{
    int fd = epoll_create1(EPOLL_CLOEXEC);

    server->on_hangup = callback;
    server->hangups.fd = fd;
    if (fd >= 0)
        watch_file(server->supervisor->common.loop, &server->hangups, fd, on_hangup, server);
}

bool hangup_watch(struct connection *connection)
{
    struct epoll_event hangup = {.events = 0, .data.ptr = connection};

    connection->is_silent = epoll_ctl(connection->server->hangups.fd, EPOLL_CTL_ADD,
                                      connection->readable.fd, &hangup) == 0;
    return connection->is_silent;
}

/* close(2) alone is not enough: a process that is being set up may hold the socket too. */
void hangup_unwatch(struct connection *connection)
{
    if (connection->is_silent)
        (void)epoll_ctl(connection->server->hangups.fd, EPOLL_CTL_DEL, connection->readable.fd,
                        NULL);
}

void hangup_close(struct server *server)
{
    watch_end(server->supervisor->common.loop, &server->hangups);
}
