/*
 * state.h - what the files of this room share: the running pod. Private to src/init.
 */
#ifndef NSINIT_INIT_STATE_H
#define NSINIT_INIT_STATE_H

#include <ev.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/types.h>

#include "init/terminal.h"
#include "pod/pod.h"
#include "spawn/inherited.h"

/* A service and the process that runs it. */
struct running {
    const struct service *service;
    pid_t pid;      /* 0: not running */
    pid_t group;    /* its process group, also after its end; 0: nsinit's own */
    int stopped_by; /* the signal that stopped it, 0 when it is not stopped */
    int exit_code;
    struct init *init;
    struct ev_io link; /* to its inner init, if it has one: inner.c */
};

/*
 * Signals on their way: SIGNAL_BATCH are read at once, some more fit in while the first of them
 * can't be delivered. See forward.c.
 */
enum { SIGNAL_BATCH = 16, SIGNAL_ROOM = 24 };

struct signal_queue {
    struct signalfd_siginfo signals[SIGNAL_ROOM];
    size_t count;
    bool waiting;
    struct rlimit limit; /* of queued signals, as it was before the waiting */
    struct ev_timer retry;
};

/* The end of the pod: see drain.c. */
struct drain {
    bool begun;
    unsigned int next_step;
    int last_signal;
    struct ev_timer timer;
    struct ev_io member; /* on a pidfd, where nsinit is nobody's reaper */
};

struct init {
    struct ev_loop *loop;
    const struct pod *pod;
    const struct inherited *inherited;
    bool is_inner; /* PID 1 of a service's own namespace, under another nsinit */
    bool is_first; /* PID 1 */
    bool adopts;   /* PID 1 or a subreaper: orphans become our children */
    int link_fd;   /* of the inner init, to the outer one */
    size_t links;  /* of the outer init, to inner ones */
    int signal_fd;
    bool signal_fd_blocks;
    int loop_fd;
    struct ev_io signals;
    struct terminal terminal;
    struct signal_queue queue;
    struct drain drain;
    struct running *running; /* one for each service of the pod, in its order */
    struct running only;     /* where there is but one, as there mostly is: no heap for it */
    int exit_code;
    bool ended; /* the loop is to be left */
};

/*
 * forward.c: forward signals, reap where one tells of a child, until the pod has ended. While
 * there is nothing else to wait for, that is a read(2) of the signalfd without the loop: through
 * epoll each signal would cost a system call more than with the peers.
 */
void forward_start(struct init *init);
void forward_run(struct init *init);

/* reap.c: collect every child that has ended or stopped; whether any child is left. */
bool reap_all(struct init *init);

/* drain.c: the last service has ended, or a signal asks to go on; each may end the loop. */
void drain_begin(struct init *init);
void drain_hurry(struct init *init);
void drain_on_reap(struct init *init, bool children_left);

#endif
