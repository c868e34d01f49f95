/*
 * pty_flow_private.h - a relay, which pty_relay.c and pty_flow.c share
 */
#ifndef NSINIT_INIT_PTY_FLOW_PRIVATE_H
#define NSINIT_INIT_PTY_FLOW_PRIVATE_H

#include "init/init_private.h"
#include "linux/pty.h"

/*
 * More than a full pseudo-terminal holds: nsinit does not wait for a program that never stops
 * writing.
 */
enum { LAST_OUTPUT_MAX = 128 * 1024 };

struct flow {
    struct pump pump;
    struct ev_io watcher;
};

struct pty_relay {
    struct init *init;
    const struct service *service;
    struct pty_relay *next;
    int terminal;        /* nsinit's own terminal, non-blocking */
    bool is_stdio[3];    /* whether stdin, stdout and stderr are that terminal */
    bool takes_keys;     /* false in a pod of several services */
    bool reads_lines;    /* the output goes elsewhere, perhaps to a pager: see linux/pty.h */
    bool is_running;     /* a run uses the pseudo-terminal */
    bool has_keys;       /* keys are passed on */
    bool has_hung_up;    /* nsinit's own terminal has hung up */
    struct pty pty;      /* of this run */
    struct ev_io others; /* in the background: watches for keys that others read */
    struct flow input;
    struct flow output; /* includes the last run's output until it is written */
};

/* Set up both flows, idle. */
void pty_flow_init(struct pty_relay *relay);

/* For a new run: pass on its output, behind the rest of the last run's, and its keys. */
void pty_flow_begin(struct pty_relay *relay);

/* Stop passing on keys, and pass on the pending output without waiting. */
void pty_flow_stop_keys(struct pty_relay *relay);

/* Restore the terminal's modes. */
void pty_flow_leave_raw(struct pty_relay *relay);

/* Whether the pseudo-terminal turns ^C and ^\ into signals to the program. */
bool pty_flow_interrupts(const struct pty_relay *relay);

/* ^Z was typed. */
void pty_flow_on_stop_key(struct pty_relay *relay);

/* Stop passing on the output of the run that has ended. */
void pty_flow_end_output(struct pty_relay *relay);

#endif
