/*
 * veth_private.h - pairs of virtual network interfaces: veth(4)
 */
#ifndef NSINIT_NET_VETH_PRIVATE_H
#define NSINIT_NET_VETH_PRIVATE_H

#include <sys/types.h>

#include "linux/netlink.h"
#include "plan/veth_spec.h"
#include "util/error.h"

/*
 * Create the pair, with the host end in the socket's network namespace and the service's end in
 * that of process `pid`, add the host end to its bridge and configure it. Returns the index of the
 * host end; with it the kernel deletes the other end. Or -1 with the error's reason filled in.
 */
int veth_create(struct netlink *netlink, const struct veth *veth, pid_t pid, struct error *error);

#endif
