/*
 * leftovers_private.h - the processes that a clearing is about, and signals to them
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

/* Note that the processes of the list, which belongs to the callee now, are about to get the
 * signal. CONT and KILL do not count: a process may get them twice. */
void signalled_set(struct signalled *signalled, int signal_number, struct process_list *list);
void signalled_forget(struct signalled *signalled);

/* Whether what remains is known by the services' process groups alone: see cleanup.h. */
bool leftovers_go_by_group(const struct cleanup *cleanup);

/* Whether all processes that nsinit can reach are meant, and none needs to be picked out. */
bool leftovers_are_all(const struct cleanup *cleanup);

/* Where they are not known by groups: to be freed, or a negative errno. There may be none. */
int leftovers_find(const struct cleanup *cleanup, struct process_list *list);

/*
 * Where they are known by groups: one of them, or 0. `reachable`: one that nsinit may signal. Those
 * that it may not are counted in `tally`.
 */
pid_t leftovers_member(const struct cleanup *cleanup, bool reachable, struct tally *tally);

/*
 * The program has ended, and nsinit adopts nobody: warn, once, if what it has left behind in its
 * process group is another process's child by now.
 */
void leftovers_warn_lost(const struct cleanup *cleanup);

/* For process 1: another process of its PID namespace, or 0. */
pid_t leftovers_any_other(void);

/* Send a signal to all. */
void leftovers_signal(const struct cleanup *cleanup, int signal_number);

/* Send a signal to all but those that got it together with the program. They are spared once: a
 * further request is meant for them, too. */
void leftovers_signal_others(const struct cleanup *cleanup, int signal_number);

#endif
