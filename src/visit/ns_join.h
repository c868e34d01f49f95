/*
 * ns_join.h - open the namespaces that a service joins
 */
#ifndef NSINIT_VISIT_NS_JOIN_H
#define NSINIT_VISIT_NS_JOIN_H

#include <sys/types.h>

#include "linux/nsfd.h"
#include "plan/namespaces.h"

/*
 * Open the namespaces that the plan joins, except the caller's own, and the namespaces of `given`
 * (may be NULL) that the plan does not name: the caller passes other services' namespaces there.
 * Call this before any namespace is joined or created, as paths may lead elsewhere afterwards.
 * Returns 0, with descriptors to be closed by nsfds_close, or -1 with `error` filled in.
 */
int nsfds_open(struct nsfds *open, const struct namespaces *namespaces, const struct nsfds *given,
               struct error *error);

#endif
