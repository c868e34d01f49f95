/*
 * publish_private.h - ports outside that lead to a service
 */
#ifndef NSINIT_NET_PUBLISH_PRIVATE_H
#define NSINIT_NET_PUBLISH_PRIVATE_H

#include "plan/publish_spec.h"
#include "util/error.h"

/*
 * Bind a socket to the port outside. `is_kept`: no other program gets the port while the socket is
 * open. Returns the descriptor, or -1 with `error` filled in.
 */
int publish_bind(const struct published *published, bool is_kept, struct error *error);

#endif
