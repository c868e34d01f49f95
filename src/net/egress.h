/*
 * egress.h - nftables rules for what a service may reach
 */
#ifndef NSINIT_NET_EGRESS_H
#define NSINIT_NET_EGRESS_H

#include "plan/namespaces.h"
#include "util/error.h"

/*
 * In the new network namespace: allow answers, the loopback and the plan's destinations, and drop
 * all other packets. The rules last as long as the namespace. 0, or -1 with `error` filled in.
 */
int egress_restrict(const struct namespaces *plan, struct error *error);

#endif
