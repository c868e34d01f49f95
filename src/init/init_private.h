/*
 * init_private.h - the running pod, which the files of this room share. Private to src/init.
 * Calls go down: init.c, inner.c, event_loop.c, signal_queue.c, signals.c, drain.c, reap.c,
 * job_control.c, terminal.c.
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
#include "report/event_json.h"
#include "spawn/inherited.h"
#include "pod/supervisor.h"
#include "service/cleanup.h"

/* nsinit reads up to SIGNAL_BATCH signals at once, and keeps up to SIGNAL_ROOM undelivered ones. */
enum { SIGNAL_BATCH = 16, SIGNAL_ROOM = 24 };

struct signal_queue {
    size_t count;
    bool is_waiting;     /* the first signal cannot be delivered: see signal_queue.c */
    struct rlimit limit; /* RLIMIT_SIGPENDING before nsinit lowered it */
    struct timer retry;
    struct signalfd_siginfo signals[SIGNAL_ROOM];
};

struct init {
    const struct pod *pod;
    const struct inherited *inherited;

    struct ev_loop *loop;
    int loop_fd;        /* the loop's epoll */
    bool has_lost_loop; /* the loop no longer watches files: the services are being stopped */
    bool is_finished;   /* the loop ends after this turn */
    struct ev_periodic no_wake; /* see event_loop.c */
    struct ev_io log_room;      /* of stderr, while lines of nsinit's wait: see event_loop.c */

    int signal_fd;
    bool signal_fd_blocks;
    struct ev_io signals;
    struct signal_queue queue;
    uint64_t last_request_ms; /* when a request to stop last counted; 0: never */
    bool last_request_by_key; /* by ^C or ^\ at a terminal */

    bool has_failed; /* to start: `start_error` says why */
    struct error start_error;
    int exit_code;
    struct key_death key_death; /* of the last run */
    enum power power;           /* how the machine is to end, if that was requested */

    bool is_reaping;       /* reap_all runs, and looks for leftovers at its end */
    bool closes_inherited; /* as soon as the program has them: see event_loop.c */

    struct server *server;           /* for nsctl, or NULL */
    struct report_file *report_file; /* of the events, or NULL */
    struct own_namespaces own_namespaces;
    struct pty_relay *relay;         /* of the terminal with its keys, or NULL */
    struct pty_relay *output_relays; /* of the output alone, in a pod of several services */
    struct terminal terminal;
    struct watchdog_feeder watchdog;
    struct cleanup drain; /* of the pod, when its services have ended */

    /* In an inner init: */
    int channel_fd;         /* to the outer init, or -1 */
    pid_t reported_program; /* the main process last reported to the outer init; 0: none */
    bool outer_has_steps;   /* the outer init continues its stop schedule for the leftovers */
    int owed_signal; /* a signal of that schedule that only the program has received; 0: none */

    struct supervisor supervisor;
    struct supervised only; /* used for a single service, which needs no heap then */
};

/* The service that runs the program of the command line; NULL for a pod file, or without one. */
static inline const struct service *init_single_program(const struct init *init)
{
    return init->pod->file == NULL && init->pod->service_count == 1 ? init->pod->services : NULL;
}

/* ---- event_loop.c ------------------------------------------------------------------------ */

/* Open the signalfd and the loop, which reads it. 0, or -1 with `error` filled in. */
int event_loop_open(struct init *init, struct error *error);

/* Run until the pod has ended. */
void event_loop_run(struct init *init);

/* Keep libev from waking up an idle loop. */
void event_loop_disable_periodic_wakeup(struct init *init);

/* ---- signal_queue.c ---------------------------------------------------------------------- */

/* Let the loop read the signalfd. */
void signal_queue_start(struct init *init);

/* Read signals and deliver them; reap if a SIGCHLD is among them, or if `reaps`. */
void signal_queue_read(struct init *init, bool reaps);

/* ---- signals.c --------------------------------------------------------------------------- */

/* Act on a signal other than SIGCHLD. False if it must be delivered later. */
bool signals_deliver(struct init *init, const struct signalfd_siginfo *info);

/* End the machine, and the pod before it. A further call skips to the next step of its stop. */
void signals_power(struct init *init, enum power power);

/* ---- drain.c ----------------------------------------------------------------------------- */

/* End the leftovers of the services, then the loop. */
void drain_init(struct init *init);
void drain_begin(struct init *init);

/*
 * On a further request to stop, skip to the next step. If the last step waits forever and is not
 * KILL, stop the leftovers by the program's stop schedule.
 */
void drain_skip(struct init *init);

/* Forward a signal that is not a request to stop. */
void drain_forward(struct init *init, const struct signalfd_siginfo *info);

/* ---- reap.c ------------------------------------------------------------------------------ */

/* Wait for every child that has ended or stopped. */
void reap_all(struct init *init);

/* ---- job_control.c ----------------------------------------------------------------------- */

/* A signal has stopped the service's program: stop the terminal's job, too. */
void job_control_on_stop(struct init *init, struct supervised *service, int signal_number);

/* ---- events.c ---------------------------------------------------------------------------- */

/* Write the event to the report file, and to the clients that follow events. */
void events_publish(struct init *init, const struct event *event);

#endif
