/*
 * setup_child_private.h - the setup that a process in new namespaces does itself before its program
 * runs
 */
#ifndef NSINIT_SPAWN_SETUP_CHILD_PRIVATE_H
#define NSINIT_SPAWN_SETUP_CHILD_PRIVATE_H

#include "plan/service_spec.h"
#include "visit/ns_join.h"

/*
 * nsinit's /proc, for set_clocks and prepare, opened before other namespaces are joined: a joined
 * /proc may be of a PID namespace where the process has no PID, and belongs to a service. -1 if
 * there is none, or if no time namespace, --sysctl or --disable-userns needs it.
 */
int setup_child_open_proc(const struct service *service);

/*
 * Create a time namespace and set its offsets, before its first process exists. 0, or -1 with
 * `error` filled in.
 */
int setup_child_set_clocks(const struct namespaces *namespaces, int proc, struct error *error);

/* Change to the directory of the plan, if there is one. */
void setup_child_enter_directory(const struct namespaces *namespaces);

/*
 * After nsinit's part of the setup: set the IDs in a new user namespace, the host name, the network
 * and the file systems. `in_other_user_ns`: the user namespace is not nsinit's. `sources` are those
 * that nsinit has opened, or NULL: mount/rootfs.h. `proc` is closed. 0, or -1 with `error` filled
 * in, after which the process must end.
 */
int setup_child_prepare(const struct service *service, bool in_other_user_ns, const int *sources,
                        int proc, struct error *error);

/*
 * Join a new, empty session keyring (session-keyring(7)), if the user, mnt or PID namespace is new
 * or joined. 0, or -1 with `error` filled in.
 */
int setup_child_new_keyring(const struct namespaces *namespaces, const struct nsfds *join_fds,
                            struct error *error);

#endif
