/*
 * socket_removal.c - the socket's file is removed while nsinit listens, by a cleaner of directories
 * nsctl could not reach nsinit any more, so nsinit makes the file again. inotify(7) reports the
 * removal, so nsinit need not poll.
 */
#include <sys/inotify.h>
#include <unistd.h>

#include "control/connection_private.h"
#include "util/loop.h"

/* The delay before a look: a file that is removed again and again must not keep nsinit busy. */
enum { LOOK_MS = 100 };

/* The inode of a bound socket stays; only its number of links changes, which is IN_ATTRIB. */
static void watch_path(struct server *server)
{
    if (server->removal.fd >= 0)
        (void)inotify_add_watch(server->removal.fd, server->path,
                                IN_ATTRIB | IN_MOVE_SELF | IN_ONESHOT | IN_DONT_FOLLOW);
}

static void on_news(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct server *server = watcher->data;
    char news[512];

    watch_again(loop, watcher, events);
    while (read(watcher->fd, news, sizeof news) > 0)
        timer_start(loop, &server->look, LOOK_MS);
}

/* The file may have been removed between the look and the watch. */
static void on_look(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct server *server = watcher->data;

    (void)events;
    if (!server_is_at_its_path(server) && server_listen_again(server) < 0)
        return;
    watch_path(server);
    if (!server_is_at_its_path(server))
        timer_start(loop, &server->look, LOOK_MS);
}

void socket_removal_open(struct server *server)
{
    server->removal.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    timer_init(&server->look, on_look, server);
    if (server->removal.fd < 0)
        return;
    watch_file(server->supervisor->loop, &server->removal, server->removal.fd, on_news, server);
    watch_path(server);
}

void socket_removal_close(struct server *server)
{
    timer_stop(server->supervisor->loop, &server->look);
    watch_end(server->supervisor->loop, &server->removal);
}
