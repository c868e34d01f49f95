/*
 * veth.h - pairs of virtual network interfaces: veth(4)
 * The host end stays in nsinit's network namespace, the service's end is in the new one.
 */
#ifndef NSINIT_NET_VETH_H
#define NSINIT_NET_VETH_H

#include <sys/types.h>

#include "plan/veth_spec.h"
#include "util/error.h"

/*
 * In nsinit's network namespace: create each pair, with the service's end in the network namespace
 * of process `pid`, add the host end to its bridge and bring it up. A pair lasts as long as the
 * namespace. 0, with the index of each host end in `indexes`; or -1 with `error` filled in, and no
 * pair of this call left.
 */
int veth_create(const struct veth *veths, size_t count, pid_t pid, int *indexes,
                struct error *error);

/*
 * Delete the pairs of these host ends and set their indexes to 0, which means none; `indexes` may
 * be NULL. The kernel itself deletes a pair only some time after the namespace's last process has
 * ended, and until then its names and addresses are in use.
 */
void veth_delete(int *indexes, size_t count);

/* Wait up to 200 ms until the kernel has deleted the pairs itself. */
void veth_await_deletion(const int *indexes, size_t count);

/*
 * In the new network namespace, after veth_create: add the addresses, bring the service's ends up,
 * add the default routes. 0, or -1 with `error` filled in.
 */
int veth_configure(const struct veth *veths, size_t count, struct error *error);

#endif
