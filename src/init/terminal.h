/*
 * terminal.h - the controlling terminal: who is in its foreground, and what ^Z means
 */
#ifndef NSINIT_INIT_TERMINAL_H
#define NSINIT_INIT_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "pod/pod.h"

struct terminal {
    int fd;           /* the controlling terminal, or -1 */
    int child_fd;     /* the same when the service is to get it, or -1 */
    bool is_ours;     /* we have a controlling terminal: somebody may stop and continue us */
    bool is_relayed;  /* the service has another one in its place: see pty_relay.h */
    bool handed_over; /* the service's group was put in the foreground in place of ours */
    enum placement placement; /* of the service */
};

/*
 * Find the controlling terminal and decide who is to get it. In PLACEMENT_SESSION nsinit gives it
 * up, if it is the session's leader, without any process getting the HUP and CONT that the kernel
 * sends then. To begin with there is none: {.fd = -1, .child_fd = -1}.
 */
void terminal_open(struct terminal *terminal, enum placement placement);

/* Before the service is started, again: decide anew whether it is to get the foreground. */
void terminal_hand_over(struct terminal *terminal);

/* Put nsinit's own group back in the foreground, if it was there when the service was started. */
void terminal_take_back(struct terminal *terminal);

/* Continue a stopped group, in the foreground if nsinit's own group is (`fg`), else where it is. */
void terminal_resume(const struct terminal *terminal, pid_t group);

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
void terminal_on_stop(const struct terminal *terminal, pid_t group, int stopped_by, bool with_stop);

#endif
