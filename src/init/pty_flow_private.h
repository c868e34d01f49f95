/*
 * pty_flow_private.h - what pty_relay.c and pty_flow.c share: a relay and what flows through it
 */
#ifndef NSINIT_INIT_PTY_FLOW_PRIVATE_H
#define NSINIT_INIT_PTY_FLOW_PRIVATE_H

#include "init/init_private.h"
#include "linux/pty.h"

/* What a full pseudo-terminal holds and more: who writes on for ever is not waited for. */
enum { LAST_OUTPUT_MAX = 128 * 1024 };

struct flow {
    struct pump pump;
    struct ev_io watcher;
};

struct pty_relay {
    struct init *init;
    const struct service *service;
    struct pty_relay *next;
    int terminal;        /* nsinit's own; does not block */
    bool is_stdio[3];    /* which of them are that terminal */
    bool takes_keys;     /* in a pod of several nobody does */
    bool reads_lines;    /* the output goes elsewhere, perhaps to a pager: see linux/pty.h */
    bool is_running;     /* a run has the pseudo-terminal */
    bool has_keys;       /* they are passed on */
    bool has_hung_up;    /* nsinit's own terminal */
    struct pty pty;      /* of this run */
    struct ev_io others; /* active in the background: keys that are others' there */
    struct flow input;
    struct flow output; /* also of the run before, until all of that has arrived */
};

/* Nothing flows yet. */
void pty_flow_init(struct pty_relay *relay);

/* The run's: its output, behind what is left of the one before, and the keys if they are ours. */
void pty_flow_begin(struct pty_relay *relay);

/* The keys are not passed on any more; what has been written is, as far as goes at once. */
void pty_flow_stop_keys(struct pty_relay *relay);

/* The terminal's modes are as they were. */
void pty_flow_leave_raw(struct pty_relay *relay);

/* Whether ^C and ^\ are signals on the pseudo-terminal, and the program's own. */
bool pty_flow_interrupts(const struct pty_relay *relay);

/* The key that stops was typed. */
void pty_flow_on_stop_key(struct pty_relay *relay);

/* No more of the output that is being passed on. */
void pty_flow_end_output(struct pty_relay *relay);

#endif
