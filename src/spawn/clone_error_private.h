/*
 * clone_error_private.h - why a process or a namespace was refused, and the way out
 */
#ifndef NSINIT_SPAWN_CLONE_ERROR_PRIVATE_H
#define NSINIT_SPAWN_CLONE_ERROR_PRIVATE_H

#include <stdbool.h>

#include "util/error.h"

/*
 * Fill in reason and hint for an errno of clone(2) or unshare(2), by what the system tells of
 * itself: seccomp, user, limits. `with_user`: a user namespace was among what was asked for.
 * Returns -1.
 */
int clone_error(int error_number, bool with_user, struct error *error);

/* In a container of podman's: what a hint says of Docker it says of podman. */
void clone_error_adapt_hint(struct error *error);

#endif
