/*
 * devices.h - the network devices of a service, besides lo
 * Inside is the service's new network namespace. Outside is the one that the service would be in
 * without a new one: nsinit's own, the pod's or an entered one.
 */
#ifndef NSINIT_NET_DEVICES_H
#define NSINIT_NET_DEVICES_H

#include <sys/types.h>

#include "plan/namespaces.h"
#include "util/error.h"

/* The places where nsinit needs a netlink socket. */
enum net_socket { NET_OUTSIDE, NET_INSIDE, NET_SOCKETS };

/* The devices of a service, over its runs. */
struct net_devices {
    const struct veth *plan;
    size_t count;
    const struct published *published; /* by rules outside */
    size_t published_count;
    int rules_fd;             /* the socket of the nftables table outside; -1: none */
    char table[40];           /* its name */
    int sockets[NET_SOCKETS]; /* -1: none; there are devices only with the first one */
    int indexes[]; /* of a pair outside, of another device inside; 0: none. Then the sockets
                        that have the published ports; 0: none */
};

/* For the devices of this plan, without any yet. NULL without memory. */
struct net_devices *net_devices_new(const struct namespaces *plan);

/* Open a netlink socket in the caller's network namespace. Or -1 with `error` filled in. */
int net_devices_socket(struct error *error);

/*
 * Create each device in the network namespace of process `pid`; those of an earlier run are removed
 * first. The sockets then belong to the devices; without one for outside, outside is nsinit's own
 * namespace. 0; or -1 with `error` filled in, and no device left.
 */
int net_devices_create(struct net_devices *devices, pid_t pid, const int sockets[NET_SOCKETS],
                       struct error *error);

/*
 * Give moved devices back and delete the others; `devices` may be NULL. The kernel itself deletes
 * devices only some time after the namespace's last process has ended, and until then their names
 * and addresses are in use.
 */
void net_devices_remove(struct net_devices *devices);

/*
 * nsinit ends, and processes that are left may use the devices: give back only moved ones, and wait
 * up to 200 ms until the kernel has deleted the pairs.
 */
void net_devices_leave(struct net_devices *devices);

/*
 * In the new network namespace, after net_devices_create: add the addresses, bring the devices up,
 * add the routes. 0, or -1 with `error` filled in.
 */
int net_devices_configure(const struct veth *plan, size_t count, struct error *error);

#endif
