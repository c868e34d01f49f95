/*
 * server.h - the control socket, by which nsctl sends requests to nsinit
 * No client can hold up the loop: its request, its answer and its time are bounded.
 */
#ifndef NSINIT_CONTROL_SERVER_H
#define NSINIT_CONTROL_SERVER_H

#include <stddef.h>

#include "pod/supervisor.h"
#include "util/error.h"
#include "util/strbuf.h"

struct server;

/*
 * Listen at `path`, or where it is NULL at the first usable path of protocol/socket_path.h. The
 * socket has mode 0600; one without a listener is replaced. NULL with `error` filled in; its kind
 * is ERROR_USAGE when another nsinit listens at `path` or at the first place.
 */
struct server *server_open(const char *path, struct supervisor *supervisor, struct error *error);

/* Called by the hooks of the supervisor. */
bool server_has_followers(const struct server *server);
void server_on_event(struct server *server, const struct strbuf *event);
void server_on_change(struct server *server, const struct supervised *supervised);

/* Remove the socket and disconnect all clients, answered or not. */
void server_close(struct server *server);

#endif
