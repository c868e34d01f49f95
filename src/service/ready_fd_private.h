/*
 * ready_fd_private.h - a service says that it is ready by a newline on a descriptor of its own, as
 * s6 has it: https://skarnet.org/software/s6/notifywhenup.html
 */
#ifndef NSINIT_SERVICE_READY_FD_PRIVATE_H
#define NSINIT_SERVICE_READY_FD_PRIVATE_H

#include "service/service.h"

/* Once, before anything starts: whether whoever has executed nsinit, s6-supervise, awaits to be
 * told on that descriptor, too. */
void ready_fd_take_parents(struct supervised *supervised);

/* It is ready: tell it there, the first time. */
void ready_fd_notify_parent(struct supervised *supervised);

/* Before a start: the end for the service, to be closed by the caller, or -1 with errno. */
int ready_fd_open(struct supervised *supervised);

/* Its program runs: what is said there is heard from now on. */
void ready_fd_begin(struct supervised *supervised);

/* Hear now what has been said: its end may be told before that. */
void ready_fd_read(struct supervised *supervised);

/* It has been said, or nobody is left to say it. */
void ready_fd_end(struct supervised *supervised);

#endif
