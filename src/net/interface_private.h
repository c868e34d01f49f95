/*
 * interface_private.h - requests about a network interface by rtnetlink(7)
 */
#ifndef NSINIT_NET_INTERFACE_PRIVATE_H
#define NSINIT_NET_INTERFACE_PRIVATE_H

#include "linux/netlink.h"
#include "plan/veth_spec.h"
#include "util/error.h"

/* Open a socket. 0, or -1 with the error filled in. */
int interface_open_socket(struct netlink *netlink, struct error *error);

/* Start a request about an interface; `flags` are set on it: IFF_UP. */
void interface_begin(struct netlink *netlink, unsigned int type, int index, unsigned int flags);

/* Append the name, MTU (0: the kernel's) and hardware address (NULL: the kernel's) of a new one. */
void interface_add_identity(struct netlink *netlink, const char *name, unsigned int mtu,
                            const uint8_t *mac);

/* Delete it, if it still exists. */
void interface_delete(struct netlink *netlink, int index);

/* Bring the interface up. 0, or -1 with the error's reason filled in. */
int interface_up(struct netlink *netlink, int index, struct error *error);

/* Add its addresses, bring it up, add its routes. 0, or -1 with the error's reason filled in. */
int interface_configure(struct netlink *netlink, int index, const char *device,
                        const struct veth_end *end, struct error *error);

#endif
