/*
 * clone_error_private.h - why a process or a namespace could not be created
 */
#ifndef NSINIT_SPAWN_CLONE_ERROR_PRIVATE_H
#define NSINIT_SPAWN_CLONE_ERROR_PRIVATE_H

#include <stdbool.h>

#include "util/error.h"

/*
 * Fill in reason and hint for an errno of clone(2) or unshare(2). The hint depends on the seccomp
 * mode, the user and the limits of nsinit; `with_user` says that a user namespace was requested.
 * Returns -1.
 */
int clone_error(int error_number, bool with_user, struct error *error);

/* In a container of podman's, replace Docker's commands and options in the hint by podman's. */
void clone_error_adapt_hint(struct error *error);

#endif
