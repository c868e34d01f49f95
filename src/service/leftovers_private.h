/*
 * leftovers_private.h - find and signal the processes that a cleanup is to end
 */
#ifndef NSINIT_SERVICE_LEFTOVERS_PRIVATE_H
#define NSINIT_SERVICE_LEFTOVERS_PRIVATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "linux/process_list.h"

struct cleanup;

/* The processes that got a request to stop together with their program. All zero: none did. */
struct signalled {
    int signal_number;
    struct process_list processes;
};

/*
 * Note that the processes of the list, which this takes over, are about to get the signal. CONT and
 * KILL are not noted, as a process may get them twice.
 */
void signalled_set(struct signalled *signalled, int signal_number, struct process_list *list);
void signalled_forget(struct signalled *signalled);

/* Whether only the services' process groups identify the leftovers: cleanup.h. */
bool leftovers_go_by_group(const struct cleanup *cleanup);

/* Whether every process that nsinit can reach is a leftover, so that none must be picked out. */
bool leftovers_are_all(const struct cleanup *cleanup);

/*
 * List the leftovers if process groups do not identify them. Returns 0, then free the list; or a
 * negative errno.
 */
int leftovers_find(const struct cleanup *cleanup, struct process_list *list);

/*
 * One of the leftovers if process groups identify them, or 0. `reachable`: only one that nsinit may
 * signal. `tally` counts members that nsinit may not signal.
 */
pid_t leftovers_member(const struct cleanup *cleanup, bool reachable, struct tally *tally);

/*
 * The program has ended, and nsinit adopts no orphans: warn once if another process has adopted a
 * process of the program's group.
 */
void leftovers_warn_lost(const struct cleanup *cleanup);

/* For PID 1: another process of its PID namespace, or 0. */
pid_t leftovers_any_other(void);

/* Signal all leftovers. */
void leftovers_signal(const struct cleanup *cleanup, int signal_number);

/*
 * Signal all leftovers except those that got the signal together with the program. They are spared
 * once: a further request reaches them too.
 */
void leftovers_signal_others(const struct cleanup *cleanup, int signal_number);

#endif
