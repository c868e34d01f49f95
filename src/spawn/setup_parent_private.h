/*
 * setup_parent_private.h - nsinit's part in the setup of a process in new namespaces
 * The order is: check, map, hook, send_sources. Each returns 0, or -1 with `error`
 * filled in.
 */
#ifndef NSINIT_SPAWN_SETUP_PARENT_PRIVATE_H
#define NSINIT_SPAWN_SETUP_PARENT_PRIVATE_H

#include <sys/types.h>

#include "plan/namespaces.h"
#include "visit/ns_join.h"

/* Check that /proc is there, if a later step needs it. */
int setup_parent_check(const struct namespaces *namespaces, struct error *error);

/*
 * Write the ID maps of a new user namespace, whose parent is the joined one `user_fd`, or nsinit's
 * own (-1). Where a mapper is needed, only a forked process may call setup_parent_map: it joins
 * `user_fd`, or runs newuidmap(1) or getsubids(1) and waits for it.
 */
bool setup_parent_needs_mapper(const struct namespaces *namespaces, int user_fd);
int setup_parent_map(const struct namespaces *namespaces, int user_fd, pid_t pid,
                     struct error *error);

/*
 * Start --hook-created in a new process group; its environment names the namespaces of `ns_fds`.
 * Returns its PID. check_hook takes its wait status.
 */
pid_t setup_parent_start_hook(const struct namespaces *namespaces, pid_t pid,
                              const struct nsfds *ns_fds, struct error *error);
int setup_parent_check_hook(int wait_status, struct error *error);

/*
 * Open all sources for a process whose root directory is `root`, and send them over its channel in
 * their order. Waits while the channel is full. `ns_fds` are the namespaces of the process that
 * idmapped mounts need: mount/idmapped.h. Only a forked process may call this.
 */
int setup_parent_send_sources(const struct filesystem *plan, int root, const struct nsfds *ns_fds,
                              int channel_fd, struct error *error);

#endif
