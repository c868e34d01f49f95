/*
 * server.h - the socket by which nsctl asks nsinit for things
 * Nothing that a client does or does not do holds up the loop: its request, its answer and the
 * time it takes are bounded.
 */
#ifndef NSINIT_CONTROL_SERVER_H
#define NSINIT_CONTROL_SERVER_H

#include <stddef.h>

#include "pod/supervisor.h"
#include "util/error.h"
#include "util/strbuf.h"

struct server;

/*
 * Listen at `path` for the supervisor's services, or where it is NULL at the first place of
 * protocol/socket_places.h: a socket of mode 0600. One that nobody listens at any more is replaced.
 * NULL with `error` filled in; its kind is ERROR_USAGE when another nsinit listens at `path` or the
 * first place.
 */
struct server *server_open(const char *path, struct supervisor *supervisor, struct error *error);

/* For the supervisor's hooks. */
bool server_has_followers(const struct server *server);
void server_on_event(struct server *server, const struct strbuf *event);
void server_on_change(struct server *server, const struct supervised *supervised);

/* Remove the socket; whoever still waits for an answer gets none. */
void server_close(struct server *server);

#endif
