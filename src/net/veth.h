/*
 * veth.h - devices, addresses and routes by rtnetlink(7)
 */
#ifndef NSINIT_NET_VETH_H
#define NSINIT_NET_VETH_H

#include <sys/types.h>

#include "plan/veth_spec.h"

/* In the new network namespace: bring `lo` up. 0, or -1 with `error` filled in. */
int loopback_up(struct error *error);

/*
 * Outside: make each pair, with the inner end in the network namespace of process `pid`, put the
 * outer end into its bridge and bring it up. The pair goes when the namespace goes; on failure
 * those made by this call are gone again. 0, with the number of each outer end in `ends`; or -1
 * with `error` filled in: subject --veth and the name, the kernel's extended acknowledgement in the
 * reason, a hint where it is a usual refusal.
 */
int veth_create(const struct veth *veths, size_t count, pid_t pid, int *ends, struct error *error);

/*
 * Delete the pairs of these outer ends (0: none), which become 0; `ends` may be NULL. The kernel
 * does so only some time after the namespace's last process has ended: until then names and
 * addresses are taken.
 */
void veth_delete(int *ends, size_t count);

/* Wait for a moment until the kernel has deleted them itself, as far as nobody needs them. */
void veth_await_deletion(const int *ends, size_t count);

/* Inside, after that: addresses, MAC, up, routes. 0, or -1 with `error` filled in. */
int veth_configure(const struct veth *veths, size_t count, struct error *error);

#endif
