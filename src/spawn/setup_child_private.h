/*
 * setup_child_private.h - what a process in new namespaces does for itself before its program runs
 */
#ifndef NSINIT_SPAWN_SETUP_CHILD_PRIVATE_H
#define NSINIT_SPAWN_SETUP_CHILD_PRIVATE_H

#include "plan/pod.h"
#include "visit/ns_join.h"

/*
 * A new time namespace with its offsets, before anything runs in it, by the /proc that was opened
 * where that of nsinit is: one that is entered may belong to another PID namespace, where the
 * process has no number. 0, or -1 with `error`; the file is closed. -1: there is none, or no need.
 */
int setup_child_open_proc(const struct namespaces *namespaces);
int setup_child_set_clocks(const struct namespaces *namespaces, int proc, struct error *error);

/* Be in the directory that the plan names, if it is there. */
void setup_child_enter_directory(const struct namespaces *namespaces);

/*
 * When the ids are mapped and the devices there: root (in `in_other_user_ns` namespace than
 * before), names, network, file systems. `sources` are those that were opened for it (see
 * mount/rootfs.h). 0, or -1 with `error` filled in: then the process is to end.
 */
int setup_child_prepare(const struct service *service, bool in_other_user_ns, const int *sources,
                        struct error *error);

/*
 * In a user, mnt or PID namespace other than nsinit's, one that is new or was entered: take a
 * session keyring of the process's own, with nothing in it (session-keyring(7)). 0, or -1 with
 * `error` filled in.
 */
int setup_child_new_keyring(const struct namespaces *namespaces, const struct nsfds *join_fds,
                            struct error *error);

#endif
