/*
 * terminal_private.h - the controlling terminal: who is in its foreground, and what ^Z means
 */
#ifndef NSINIT_INIT_TERMINAL_PRIVATE_H
#define NSINIT_INIT_TERMINAL_PRIVATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan/pod.h"

struct terminal {
    int fd;               /* the controlling terminal, or -1 */
    int child_fd;         /* the same when the service is to get it, or -1 */
    bool was_there;       /* nsinit had one when it started, and has not given it up */
    bool is_ours;         /* we have a controlling terminal: somebody may stop and continue us */
    bool is_relayed;      /* the service has another one in its place: see pty_relay.h */
    bool has_foreground;  /* the run was put in the foreground: it comes back to nsinit's group */
    bool was_interrupted; /* nsinit knows that the run was asked to end: by a key, or by HUP */
    int stopped_for;      /* nsinit has stopped the run by STOP in place of this signal; or 0 */
    enum placement placement; /* of the service */
};

/*
 * Find the controlling terminal. In PLACEMENT_SESSION nsinit gives it up, if it is the session's
 * leader, without any process getting the HUP and CONT that the kernel sends then. To begin with
 * there is none: {.fd = -1, .child_fd = -1}.
 */
void terminal_open(struct terminal *terminal, enum placement placement);

/*
 * Decide where the service lives. In place of a group of its own it gets nsinit's at a terminal
 * that they share with others, or where it `stays` so that nsinit learns of the keys: then each
 * signal of the terminal reaches both.
 */
void terminal_place(struct terminal *terminal, enum placement placement, bool stays);

/* Of several services none has the terminal. Only remember whether there is one. */
void terminal_note(struct terminal *terminal);

/* Whether the controlling terminal that nsinit had when it started is gone: it was closed. */
bool terminal_is_gone(const struct terminal *terminal);

/* Before the service is started, again: decide anew whether it is to get the foreground. */
void terminal_hand_over(struct terminal *terminal);

/* Put nsinit's own group back in the foreground, if the run had that. */
void terminal_take_back(struct terminal *terminal);

/*
 * nsinit may have been brought to the foreground, by `fg`: so is a service with a group of its own.
 * True if it was moved there.
 */
bool terminal_follow(struct terminal *terminal, pid_t group);

/* nsinit's group is stopped, and the foreground somebody else's: a shell's. */
void terminal_lose(struct terminal *terminal);

/* Whether the process is stopped now; true where /proc does not tell. */
bool terminal_has_stopped(pid_t pid);

/* Whether the process does with the signal what is done by default. */
bool terminal_stops_by_default(pid_t pid, int signal_number);

/*
 * Stop the program by STOP in place of the signal, if that would stop it but for its place. While
 * it is set up (0) that is only remembered.
 */
void terminal_stop(struct terminal *terminal, pid_t pid, int signal_number);

/* Stop nsinit until it is continued. False where there is nobody who would do that. */
bool terminal_suspend(void);

/*
 * Stopped for using the terminal from the background, where there is no other foreground any more:
 * put the group there and continue it. False when it is not so.
 */
bool terminal_rescue(const struct terminal *terminal, pid_t group, int stopped_by);

/*
 * The group was stopped by the signal. Stop nsinit too, so that the shell it was started from
 * sees the job stopped (`with_stop`: by STOP, even where there is no shell). Where there is
 * nobody to continue us (PID 1, an orphaned process group), continue a group that the terminal
 * stopped at once, rather than leave the user with a terminal that answers to nothing.
 */
void terminal_on_stop(struct terminal *terminal, pid_t program, pid_t group, int stopped_by,
                      bool with_stop);

#endif
