/*
 * notify_private.h - listen to what a service says by sd_notify(3)
 */
#ifndef NSINIT_SERVICE_NOTIFY_PRIVATE_H
#define NSINIT_SERVICE_NOTIFY_PRIVATE_H

#include "service/service.h"

/* Before any run; it has a `listening`. */
void notify_init(struct supervised *supervised);

/* Listen on the socket from now on, which is notify's to close and, by its path, to remove. */
void notify_begin(struct supervised *supervised, int fd, const struct notify_name *name);

/* Hear now what has been said, where `program` is the service's, or was until now. */
void notify_read(struct supervised *supervised, pid_t program);

/* The run of the process `program` is over: hear what was said to the last, and close. */
void notify_end(struct supervised *supervised, pid_t program);

/* (Re)start the time within which it must say that it is alive, if it must. */
void notify_start_watchdog(struct supervised *supervised);

/* Relay lines upwards, if it speaks for all; pod/startup.c does for a pod of several. */
void notify_relay_lines(struct supervised *supervised, const char *lines);

#endif
