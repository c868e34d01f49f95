/*
 * terminal_private.h - the controlling terminal: its foreground process group, and ^Z
 */
#ifndef NSINIT_INIT_TERMINAL_PRIVATE_H
#define NSINIT_INIT_TERMINAL_PRIVATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan/service_spec.h"

struct terminal {
    int fd;               /* the controlling terminal, or -1 */
    int child_fd;         /* a second descriptor if the service gets the terminal, or -1 */
    bool was_there;       /* nsinit had one when it started, and has not given it up */
    bool is_ours;         /* nsinit has a controlling terminal: a shell may stop and continue it */
    bool is_relayed;      /* the service has a pseudo-terminal instead: see pty_relay_private.h */
    bool has_foreground;  /* nsinit has put the run in the foreground, and takes that back */
    bool was_interrupted; /* a key or a HUP has requested the end of the run */
    int stopped_for;      /* nsinit has stopped the run by STOP instead of this signal; 0: no */
    enum placement placement; /* of the service */
};

/*
 * Find the controlling terminal of a `terminal` with {.fd = -1, .child_fd = -1}. With
 * PLACEMENT_SESSION nsinit gives it up if it leads the session, and keeps every process from the
 * HUP and CONT that the kernel sends then.
 */
void terminal_open(struct terminal *terminal, enum placement placement);

/*
 * Decide in which process group the service runs. It stays in nsinit's group if other programs
 * share the terminal, or if nsinit must see the keys (`stays`): the terminal then signals both.
 */
void terminal_place(struct terminal *terminal, enum placement placement, bool stays);

/* For several services, none of which gets the terminal: only remember whether there is one. */
void terminal_remember(struct terminal *terminal);

/* Whether the controlling terminal that nsinit had when it started was closed. */
bool terminal_is_gone(const struct terminal *terminal);

/* Before each start of the service: decide whether it gets the foreground. */
void terminal_hand_over(struct terminal *terminal);

/* After a run in the foreground: put nsinit's own group back there. */
void terminal_take_back(struct terminal *terminal);

/*
 * If nsinit is in the foreground, as after `fg`, put the service's own group there. Returns whether
 * it did.
 */
bool terminal_follow_foreground(struct terminal *terminal, pid_t group);

/* nsinit's group is stopped: a shell has the foreground. */
void terminal_lose_foreground(struct terminal *terminal);

/* Whether the process is stopped; true where /proc does not tell. */
bool terminal_has_stopped(pid_t pid);

/* Whether the process neither ignores nor catches the signal. */
bool terminal_stops_by_default(pid_t pid, int signal_number);

/*
 * Stop the program by STOP if the signal would stop it elsewhere: a key does not stop PID 1 or an
 * orphaned group. A program that is being set up (pid 0) is stopped as soon as it runs.
 */
void terminal_stop(struct terminal *terminal, pid_t pid, int signal_number);

/* Stop nsinit until it is continued. False where no process would continue it. */
bool terminal_suspend(void);

/*
 * The group was stopped as it used the terminal from the background. If the foreground group has
 * ended, put the group in its place and continue it. Returns whether it did.
 */
bool terminal_take_foreground(const struct terminal *terminal, pid_t group, int stopped_by);

/*
 * The signal has stopped the group. Stop nsinit too, so that the shell sees its job stopped
 * (`with_stop`: by STOP, even without a shell). If no process would continue nsinit (it is PID 1,
 * or its process group is orphaned), continue a group that the terminal has stopped: otherwise the
 * terminal would no longer react to the user.
 */
void terminal_on_stop(struct terminal *terminal, pid_t program, pid_t group, int stopped_by,
                      bool with_stop);

#endif
