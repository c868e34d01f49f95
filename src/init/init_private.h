/*
 * init_private.h - what the files of this room share: the running pod. Private to src/init.
 */
#ifndef NSINIT_INIT_INIT_PRIVATE_H
#define NSINIT_INIT_INIT_PRIVATE_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/types.h>

#include "init/init.h"
#include "init/terminal_private.h"
#include "init/watchdog_private.h"
#include "plan/pod.h"
#include "spawn/inherited.h"
#include "pod/supervisor.h"

/*
 * Signals on their way: SIGNAL_BATCH are read at once, some more fit in while the first of them
 * can't be delivered. See signals.c.
 */
enum { SIGNAL_BATCH = 16, SIGNAL_ROOM = 24 };

struct signal_queue {
    size_t count;
    bool waiting;
    struct rlimit limit; /* of queued signals, as it was before the waiting */
    struct timer retry;
    struct signalfd_siginfo signals[SIGNAL_ROOM];
};

struct init {
    struct ev_loop *loop;
    const struct pod *pod;
    const struct inherited *inherited;
    int channel_fd;     /* of the inner init, to the outer one */
    pid_t told_program; /* which that has been told */
    int signal_fd;
    bool signal_fd_blocks;
    int loop_fd;
    int exit_code;
    struct key_death key_death; /* of the last run */
    bool ended;                 /* the loop is to be left */
    bool lets_go;               /* of what the service has been given, once it has it */
    bool has_failed;            /* to start: `start_error` */
    bool has_lost_loop;         /* it waits for no files any more: what runs is being stopped */
    bool was_key;          /* the last request to stop that counted was ^C or ^\ at a terminal */
    uint64_t requested_ms; /* when that was; 0: there was none */
    struct error start_error;
    bool is_reaping;                 /* reap_all is at work, and will tell of what is left */
    enum power power;                /* what is to become of the machine, if somebody has said so */
    struct server *server;           /* for nsctl, or NULL */
    struct report_file *report_file; /* of the events, or NULL */
    struct pty_relay *relay;         /* of the terminal with its keys, or NULL */
    struct pty_relay *other_relays;  /* of output alone, in a pod of several */
    struct terminal terminal;
    struct ev_io signals;
    struct watchdog_feeder watchdog;
    struct cleanup drain; /* the end of the pod */
    bool awaits_steps;    /* of an inner init: the outer one ends what is left, step by step */
    int owed;             /* the signal of such a step that only the program has got, or 0 */
    struct supervisor supervisor;
    struct supervised only; /* where there is but one service, as there mostly is: no heap for it */
    struct signal_queue queue;
};

/*
 * signals.c: forward signals, reap where one tells of a child, until the pod has ended. While
 * there is nothing else to wait for, that is a read(2) of the signalfd without the loop: through
 * epoll each signal would cost a system call more than with the peers.
 */
void signals_start(struct init *init);
void signals_run(struct init *init);

/* The machine is to end: so is the pod, in its order; asked once more: on to the next step. */
void signals_power(struct init *init, enum power power);

/* reap.c: collect every child that has ended or stopped, and tell all who wait for that. */
void reap_all(struct init *init);

/* A service was stopped by a signal: so is the terminal's job. */
void reap_on_stop(struct init *init, struct supervised *service, int signal_number);

/* events.c: something has happened, which those are told who want to know. */
void events_tell(struct init *init, const struct event *event);

/* init.c: what the only service has now is not to be held open by nsinit as well. */
void init_close_inherited_fds(struct init *init);

/* drain.c: nothing is left to run: end what is left behind, then the loop. */
void drain_init(struct init *init);
void drain_begin(struct init *init);

/* Asked to stop meanwhile: on to the next step. Where none would come, nor a KILL has, what is left
 * is stopped as the program would be. */
void drain_hurry(struct init *init);

/* Forward any other signal to what is left. */
void drain_forward(struct init *init, const struct signalfd_siginfo *info);

#endif
