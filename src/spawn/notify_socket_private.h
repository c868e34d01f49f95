/*
 * notify_socket_private.h - the socket a service notifies nsinit by: sd_notify(3)
 * It has a path, as systemd's has, where the service's root and mounts show that: it is the same in
 * whatever network namespace a program is. Others don't know its directory's name and can't list
 * it, so they can't keep nsinit busy. Where the path leads nowhere the name is an abstract one,
 * which works with any root and leaves nothing behind. That belongs to a network namespace
 * (unix(7)), so whoever lives in the service's makes it.
 */
#ifndef NSINIT_SPAWN_NOTIFY_SOCKET_PRIVATE_H
#define NSINIT_SPAWN_NOTIFY_SOCKET_PRIVATE_H

#include <stdbool.h>

#include "util/error.h"

/* As in NOTIFY_SOCKET: a path, or an abstract name with its '@'; empty: none. */
struct notify_name {
    char text[sizeof "/dev/shm/nsinit-0123456789abcdef/notify"];
};

/*
 * A datagram socket that tells each sender's credentials: close-on-exec, not blocking. By a path:
 * its descriptor, or -1 where nsinit can make none.
 */
int notify_socket_open_path(struct notify_name *name);

/*
 * The same by an abstract name in the caller's network namespace: its descriptor, or -1 with
 * `error` filled in for the service.
 */
int notify_socket_open(struct notify_name *name, const char *service, struct error *error);

/* Whether the name is a path that leads the caller to that socket. */
bool notify_socket_is_reachable(const struct notify_name *name);

/* Of a path nothing is left behind. The name is empty then. */
void notify_socket_remove(struct notify_name *name);

#endif
