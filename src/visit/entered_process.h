/*
 * entered_process.h - what a program takes over from the process whose namespaces it joins
 * The process is a service's, which may be hostile: reading its environment, for one, may wait for
 * it. Only a forked process, which has a deadline, may call these functions.
 */
#ifndef NSINIT_VISIT_ENTERED_PROCESS_H
#define NSINIT_VISIT_ENTERED_PROCESS_H

#include "linux/nsfd.h"
#include "plan/service_spec.h"

/* The root and the working directory of the process; -1: not wanted. */
struct entered_process {
    int directories[ENTER_DIRECTORY + 1];
};

/*
 * Before namespaces are joined: open and read what the plan of the service takes over, and change
 * its environment and settings accordingly. A socket in the place of a network namespace becomes
 * the socket's namespace. Returns 0, or -1 with `error` filled in: an INODE of the plan is not that
 * of the process, for one.
 */
int entered_process_open(struct entered_process *entered, struct service *service,
                         struct nsfds *open, struct error *error);

/*
 * After they are joined: change the root directory and the working directory. 0, or -1 with
 * `error` filled in.
 */
int entered_process_apply(const struct entered_process *entered, struct error *error);

#endif
