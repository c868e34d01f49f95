/*
 * setup_parent_private.h - what nsinit does for a process in new namespaces from outside of them
 * In this order: check, map, connect, hook. Each returns 0, or -1 with `error` filled in.
 */
#ifndef NSINIT_SPAWN_SETUP_PARENT_PRIVATE_H
#define NSINIT_SPAWN_SETUP_PARENT_PRIVATE_H

#include <sys/types.h>

#include "plan/namespaces.h"
#include "visit/ns_join.h"

/* Whether /proc is there, where it is needed. */
int setup_parent_check(const struct namespaces *namespaces, struct error *error);

/*
 * The id maps of a new user namespace, whose parent is the one that was entered as `user_fd`, or
 * nsinit's own (-1). Where a mapper is needed, only a forked process may call setup_parent_map: it
 * goes to that namespace, or runs newuidmap(1) and waits for it.
 */
bool setup_parent_needs_mapper(const struct namespaces *namespaces, int user_fd);
int setup_parent_map(const struct namespaces *namespaces, int user_fd, pid_t pid,
                     struct error *error);

/*
 * Devices of the network, in the place of those of an earlier run: the numbers of their outer ends
 * are in `veth_indexes`, one for each --veth, for veth_delete.
 */
int setup_parent_add_veths(const struct namespaces *namespaces, pid_t pid, int *veth_indexes,
                           struct error *error);

/*
 * Start the user's hook, in a process group of its own, with the namespaces in `shown` for it to
 * look at: its pid, or -1 with `error` filled in. And what its end means.
 */
pid_t setup_parent_start_hook(const struct namespaces *namespaces, pid_t pid,
                              const struct nsfds *shown, struct error *error);
int setup_parent_check_hook(int wait_status, struct error *error);

/*
 * Open all sources for a process whose root is open as `root`, and tell them over its link, in
 * their order. May wait for the process to take them. 0, or -1 with the error filled in.
 */
int setup_parent_send_sources(const struct filesystem *plan, int root, int channel_fd,
                              struct error *error);

#endif
