/*
 * notify_socket_private.h - the socket that a service notifies nsinit by: sd_notify(3)
 * The socket has a path, as systemd's has, where the service's root and mounts show that path: a
 * path works in any network namespace. The name of its directory is secret and cannot be listed, so
 * that other programs cannot flood nsinit. Where the path is not visible, the socket has an
 * abstract name, which works with any root and leaves no file. An abstract name belongs to a
 * network namespace (unix(7)), so a process in the service's namespace opens that socket.
 */
#ifndef NSINIT_SPAWN_NOTIFY_SOCKET_PRIVATE_H
#define NSINIT_SPAWN_NOTIFY_SOCKET_PRIVATE_H

#include <stdbool.h>

#include "util/error.h"

/* The value of NOTIFY_SOCKET: a path, or an abstract name with '@'; empty: none. */
struct notify_name {
    char text[sizeof "/dev/shm/nsinit-0123456789abcdef/notify"];
};

/*
 * Open a datagram socket at a path, which receives each sender's credentials; it is close-on-exec
 * and does not block. Returns the descriptor, or -1 where no directory for it can be created.
 */
int notify_socket_open_path(struct notify_name *name);

/*
 * Open one with an abstract name in the caller's network namespace. Returns the descriptor, or -1
 * with `error` filled in.
 */
int notify_socket_open(struct notify_name *name, const char *service, struct error *error);

/* Whether the name is a path by which the caller reaches a socket. */
bool notify_socket_is_reachable(const struct notify_name *name);

/* Remove the socket and the directory of a path. The name is empty afterwards. */
void notify_socket_remove(struct notify_name *name);

#endif
