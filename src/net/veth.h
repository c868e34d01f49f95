/*
 * veth.h - pairs of virtual network interfaces: veth(4)
 * The service's end is in its new network namespace. The host end is outside: in the namespace that
 * the service would be in without a new one, which is nsinit's own, the pod's or an entered one.
 */
#ifndef NSINIT_NET_VETH_H
#define NSINIT_NET_VETH_H

#include <sys/types.h>

#include "plan/veth_spec.h"
#include "util/error.h"

/* The pairs of a service, over its runs. */
struct veth_pairs {
    const struct veth *veths; /* the plan's */
    size_t count;
    int outside;   /* a netlink socket there, or -1: there are no pairs */
    int indexes[]; /* of the host ends; 0: none */
};

/* For this plan, without pairs yet. NULL without memory. */
struct veth_pairs *veth_pairs_new(const struct veth *veths, size_t count);

/* Open a netlink socket in the caller's network namespace. Or -1 with `error` filled in. */
int veth_open_socket(struct error *error);

/*
 * Create each pair, with the service's end in the network namespace of process `pid`, add the host
 * end to its bridge and configure it. Pairs of an earlier run are deleted first. The socket
 * `outside` (-1: in nsinit's namespace) then belongs to the pairs. A pair lasts as long as the
 * namespace. 0; or -1 with `error` filled in, and no pair left.
 */
int veth_create(struct veth_pairs *pairs, pid_t pid, int outside, struct error *error);

/*
 * Delete the pairs; `pairs` may be NULL. The kernel itself deletes a pair only some time after the
 * namespace's last process has ended, and until then its names and addresses are in use.
 */
void veth_delete(struct veth_pairs *pairs);

/* Wait up to 200 ms until the kernel has deleted the pairs itself. */
void veth_await_deletion(const struct veth_pairs *pairs);

/*
 * In the new network namespace, after veth_create: add the addresses, bring the service's ends up,
 * add the routes. 0, or -1 with `error` filled in.
 */
int veth_configure(const struct veth *veths, size_t count, struct error *error);

#endif
