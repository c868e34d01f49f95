/*
 * ready_fd_private.h - a service reports readiness by a newline on a descriptor, as s6 defines it:
 * https://skarnet.org/software/s6/notifywhenup.html
 */
#ifndef NSINIT_SERVICE_READY_FD_PRIVATE_H
#define NSINIT_SERVICE_READY_FD_PRIVATE_H

#include "service/supervised.h"

/*
 * Before the first start: keep the descriptor if nsinit's parent (such as s6-supervise) reads it
 * too.
 */
void ready_fd_take_parents(struct supervised *supervised);

/* The service is ready: write the newline for nsinit's parent, the first time. */
void ready_fd_notify_parent(struct supervised *supervised);

/* Before a start: the service's end, to be closed by the caller, or -1 with errno. */
int ready_fd_open(struct supervised *supervised);

/* The program runs: watch the pipe. */
void ready_fd_begin(struct supervised *supervised);

/* Read the pipe now: the end of the program may be reported before its newline. */
void ready_fd_read(struct supervised *supervised);

/* Close the pipe: the newline has come, or cannot come any more. */
void ready_fd_end(struct supervised *supervised);

#endif
