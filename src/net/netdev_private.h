/*
 * netdev_private.h - devices of the host in a service's network namespace
 */
#ifndef NSINIT_NET_NETDEV_PRIVATE_H
#define NSINIT_NET_NETDEV_PRIVATE_H

#include <sys/types.h>

#include "linux/netlink.h"
#include "plan/veth_spec.h"
#include "util/error.h"

/*
 * Move the device into the network namespace of process `pid`, or create one there that shares its
 * network. Returns the index inside, or -1 with the error's reason filled in, and the device where
 * it was.
 */
int netdev_create(struct netlink *outside, struct netlink *inside, const struct veth *veth,
                  pid_t pid, struct error *error);

/*
 * Move a device back, under its old name, and log a failure: the kernel itself would give a
 * physical device to the machine's namespace, by any name, and delete another one.
 */
void netdev_give_back(const struct netlink *outside, struct netlink *inside,
                      const struct veth *veth, int index);

#endif
