/*
 * door.h - protect a process of nsinit before it joins a service's namespaces, in which a hostile
 * program may run
 * The process is forked, so that it shares no memory with nsinit. The root user of the joined user
 * namespace could trace it by CAP_SYS_PTRACE unless it is undumpable: then the kernel requires the
 * capability in the user namespace that nsinit was executed in (ptrace(2), PTRACE_MODE_ATTACH). A
 * program with CAP_KILL there can still stop or kill the process, so nsinit never waits for it
 * without a deadline.
 */
#ifndef NSINIT_VISIT_DOOR_H
#define NSINIT_VISIT_DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "visit/ns_join.h"

/* The descriptors that a forked process keeps. */
struct kept_fds {
    int files[16]; /* in any order; -1: none */
    size_t count;
    bool keeps_inherited; /* also those that nsinit was started with, which the program gets */
};

/*
 * Close every descriptor above stderr except `kept_fds`. A descriptor without close-on-exec is an
 * inherited one, as nsinit sets the flag on all of its own.
 */
void door_close_fds(const struct kept_fds *kept_fds);

/* Be killed when nsinit ends, for whatever reason: prctl(2), PR_SET_PDEATHSIG. */
void door_die_with_parent(void);

/* Be neither readable nor traceable: prctl(2), PR_SET_DUMPABLE. */
void door_set_undumpable(void);

/*
 * Both, in a forked process before it joins a namespace, and again after each change of
 * credentials, which resets both.
 */
void door_protect(void);

/* Whether the working directory is below the root directory: else its name is "(unreachable)". */
bool door_is_below_root(void);

/* Whether nsinit may read the namespaces and files of every process: CAP_SYS_PTRACE. */
bool door_may_ptrace(void);

/*
 * Join the namespaces. In a user namespace, set the IDs by `set_ids` at once, so that the process
 * gives up nsinit's user before it joins others. Returns 0, or -1 with `error` filled in.
 */
int door_enter(const struct nsfds *open, int (*set_ids)(struct error *error), struct error *error);

#endif
