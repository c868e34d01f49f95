/*
 * socket_removal.c - make the socket's file again when it is removed
 * A cleaner of directories may remove it while nsinit listens, and nsctl could not connect any
 * more. inotify(7) reports the removal without polling.
 */
#include <sys/inotify.h>
#include <unistd.h>

#include "control/connection_private.h"
#include "util/loop.h"

/* A file that is removed again and again must not keep nsinit busy. */
enum { CHECK_DELAY_MS = 100 };

/* A bound socket keeps its inode: its removal changes only the count of links, hence IN_ATTRIB. */
static void watch_path(struct server *server)
{
    if (server->removal.fd >= 0)
        (void)inotify_add_watch(server->removal.fd, server->path,
                                IN_ATTRIB | IN_MOVE_SELF | IN_ONESHOT | IN_DONT_FOLLOW);
}

static void on_removal(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct server *server = watcher->data;
    char events_read[512];

    watch_again(loop, watcher, events);
    while (read(watcher->fd, events_read, sizeof events_read) > 0)
        timer_start(loop, &server->removal_check, CHECK_DELAY_MS);
}

/* The file may be removed again between the check and the watch, so it is checked twice. */
static void on_check(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct server *server = watcher->data;

    (void)events;
    if (!server_is_at_its_path(server) && server_listen_again(server) < 0)
        return;
    watch_path(server);
    if (!server_is_at_its_path(server))
        timer_start(loop, &server->removal_check, CHECK_DELAY_MS);
}

void socket_removal_open(struct server *server)
{
    server->removal.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    timer_init(&server->removal_check, on_check, server);
    if (server->removal.fd < 0)
        return;
    watch_file(server->supervisor->common.loop, &server->removal, server->removal.fd, on_removal,
               server);
    watch_path(server);
}

void socket_removal_close(struct server *server)
{
    timer_stop(server->supervisor->common.loop, &server->removal_check);
    watch_end(server->supervisor->common.loop, &server->removal);
}
