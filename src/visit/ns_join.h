/*
 * ns_join.h - open namespaces that exist, to be joined
 */
#ifndef NSINIT_VISIT_NS_JOIN_H
#define NSINIT_VISIT_NS_JOIN_H

#include <sys/types.h>

#include "linux/nsfd.h"
#include "plan/namespaces.h"

/*
 * Open all that the entrances name, but those that the caller is in already, and besides those of
 * `given` (may be NULL) that no entrance names. Sources that are services are the caller's to
 * find, and to give. To be done before
 * anything is joined or made: afterwards their names may mean other things. 0, to be closed by
 * nsfds_close, or -1 with `error` filled in.
 */
int nsfds_open(struct nsfds *open, const struct namespaces *namespaces, const struct nsfds *given,
               struct error *error);

#endif
