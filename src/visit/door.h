/*
 * door.h - the one door into a service: what a process of nsinit's does before it joins namespaces
 * in which a hostile program may live
 * Such a process (a visitor) is forked, so that it shares no memory with nsinit. The root of the
 * user namespace that it joins has CAP_SYS_PTRACE over it there, unless it is not dumpable:
 * ptrace(2), PTRACE_MODE_ATTACH; the kernel then asks for the capability in the user namespace that
 * nsinit itself was executed in. Whoever has CAP_KILL in there can still stop or kill a visitor, so
 * nsinit never waits for one without a deadline.
 */
#ifndef NSINIT_VISIT_DOOR_H
#define NSINIT_VISIT_DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "visit/ns_join.h"

/* What a forked process keeps of nsinit's files. */
struct kept_fds {
    int files[16]; /* in any order; -1: none */
    size_t count;
    bool keeps_inherited; /* those that nsinit was started with, too: they are the program's */
};

/*
 * Close every descriptor above stderr but those in `luggage`. What nsinit has opened itself is
 * close-on-exec, which tells it from what it inherited.
 */
void door_close_fds(const struct kept_fds *kept_fds);

/* Be killed when nsinit ends, however that comes about: prctl(2), PR_SET_PDEATHSIG. */
void door_die_with_parent(void);

/* Be neither readable nor traceable: prctl(2), PR_SET_DUMPABLE. */
void door_set_undumpable(void);

/*
 * In a forked process, before it joins anything: both. To be called again after each change of
 * credentials, at which the kernel forgets both.
 */
void door_protect(void);

/* Whether nsinit may look at every process that it sees: CAP_SYS_PTRACE. */
bool door_may_ptrace(void);

/*
 * Join the namespaces. In the user namespace the process takes its ids there by `settle` at once,
 * and so gives up nsinit's own user before it goes on. 0, or -1 with `error` filled in.
 */
int door_enter(const struct nsfds *open, int (*settle)(struct error *error), struct error *error);

#endif
