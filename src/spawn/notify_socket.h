/*
 * notify_socket.h - the socket a service notifies nsinit by: sd_notify(3)
 * Its name is an abstract one: it is the same whatever the service's root directory, mounts and
 * users are, works with a read-only root, and leaves nothing behind. Abstract names belong to a
 * network namespace (unix(7)), so whoever lives in the service's makes the socket.
 */
#ifndef NSINIT_SPAWN_NOTIFY_SOCKET_H
#define NSINIT_SPAWN_NOTIFY_SOCKET_H

#include "util/error.h"

/* As in NOTIFY_SOCKET, with its '@'; empty: none. The kernel picks five digits: unix(7). */
struct notify_name {
    char text[16];
};

/*
 * A datagram socket in the caller's network namespace that tells each sender's credentials:
 * close-on-exec, not blocking. Its descriptor, or -1 with `error` filled in for the service.
 */
int notify_socket_open(struct notify_name *name, const char *service, struct error *error);

#endif
