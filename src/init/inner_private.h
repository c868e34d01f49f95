/*
 * inner_private.h - nsinit as PID 1 of a service's own PID namespace, and what the outer one hears
 * of it
 */
#ifndef NSINIT_INIT_INNER_PRIVATE_H
#define NSINIT_INIT_INNER_PRIVATE_H

#include "init/init_private.h"

/*
 * In the new process: start the service's program, run the loop, end with its exit code; without a
 * service (a pod's sandbox) just reap, until it is asked to end. What the outer init does stays
 * with it: rewriting, exit codes that count as 0, the terminal.
 */
_Noreturn void inner_run(struct init *init, const struct service *service,
                         const struct spawning *spawning);

/*
 * init.c: run an inner init until its service has ended; the exit code, or -1 with `error`.
 * `on_outer` is called when there is something to be read from the link.
 */
int init_run_inner(struct init *init,
                   void (*on_outer)(struct ev_loop *loop, struct ev_io *watcher, int events),
                   struct error *error);

/* Tell the outer init that another process is the service's main one, where that is so. */
void inner_tell_main(struct init *init, const struct supervised *supervised);

/* Tell the outer init that the program was stopped. */
void inner_tell_stop(const struct init *init, int signal_number);

/* Tell it that the program has been killed by the signal; 0: it has not. */
void inner_tell_end(const struct init *init, int signal_number);

/* In the outer init: the inner one has ended. By what signal its program was killed, or 0. */
int inner_hear_end(struct supervised *service);

/* In the outer init: watch the link for that, and stop it when the service has ended. */
void inner_watch(struct supervised *service, int channel_fd);
void inner_unwatch(struct supervised *service);

#endif
