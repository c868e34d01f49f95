/*
 * inner_private.h - nsinit as PID 1 of a service's own PID namespace (the inner init), and its
 * connection to the nsinit outside (the outer init)
 */
#ifndef NSINIT_INIT_INNER_PRIVATE_H
#define NSINIT_INIT_INNER_PRIVATE_H

#include "init/init_private.h"

/* The inner init's own plan, which must live as long as it runs. */
struct inner {
    struct pod pod;
    struct service service;
    struct ev_io orders; /* on the link to the outer init */
};

/* ---- inner.c: in the inner init ---------------------------------------------------------- */

/*
 * In the new process: turn `init`, a copy of the outer init's, into the inner init of the service.
 * Without a service (the holder of a pod's namespaces) it only reaps. Translated signals, exit
 * codes that count as 0 and the terminal stay with the outer init.
 */
void inner_prepare(struct inner *inner, struct init *init, const struct service *service,
                   const struct spawning *spawning);

/* Its program runs: tell the outer init, and take its orders. 0, or -1 with `error` filled in. */
int inner_begin(struct inner *inner, struct init *init, struct error *error);

/* ---- inner_report.c: in the inner init, tell the outer init ------------------------------ */

/* Report the main process if it is no longer the first one. */
void inner_report_main(struct init *init, const struct supervised *supervised);

/* A signal has stopped the program. */
void inner_report_stop(const struct init *init, int signal_number);

/* The program has ended; a signal killed it, or 0. */
void inner_report_end(const struct init *init, int signal_number);

/* ---- inner_watch.c: in the outer init ---------------------------------------------------- */

/* Read the inner init's reports on the link until the service has ended. */
void inner_watch(struct supervised *service, int channel_fd);
void inner_unwatch(struct supervised *service);

/* The inner init has ended. The signal that killed its program, or 0. */
int inner_killing_signal(struct supervised *service);

#endif
