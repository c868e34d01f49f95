/*
 * leftovers.h - the processes that a clearing is about, and signals to them
 */
#ifndef NSINIT_SERVICE_LEFTOVERS_H
#define NSINIT_SERVICE_LEFTOVERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "linux/process_list.h"

struct clearing;

/* The processes that got a request to stop together with their program. All zero: none did. */
struct told {
    int signal_number;
    struct process_list whom;
};

/* Note that the processes of the list, which belongs to the callee now, are about to get the
 * signal. CONT and KILL do not count: a process may get them twice. */
void told_set(struct told *told, int signal_number, struct process_list *list);
void told_forget(struct told *told);

/* Whether what remains is known by the services' process groups alone: see cleanup.h. */
bool remains_go_by_group(const struct clearing *clearing);

/* Whether all processes that nsinit can reach are meant, and none needs to be picked out. */
bool remains_are_all(const struct clearing *clearing);

/* Where they are not known by groups: to be freed, or a negative errno. There may be none. */
int remains_find(const struct clearing *clearing, struct process_list *list);

/*
 * Where they are known by groups: one of them, or 0. `reachable`: one that nsinit may signal. Those
 * that it may not are counted in `tally`.
 */
pid_t remains_member(const struct clearing *clearing, bool reachable, struct tally *tally);

/*
 * The program has ended, and nsinit adopts nobody: warn, once, if what it has left behind in its
 * process group is another process's child by now.
 */
void remains_tell_lost(const struct clearing *clearing);

/* For process 1: another process of its PID namespace, or 0. */
pid_t remains_any_other(void);

/* Send a signal to all. */
void remains_signal(const struct clearing *clearing, int signal_number);

/* Send a signal to all but those that got it together with the program. They are spared once: a
 * further request is meant for them, too. */
void remains_signal_untold(const struct clearing *clearing, int signal_number);

#endif
