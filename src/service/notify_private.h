/*
 * notify_private.h - receive a service's messages of sd_notify(3)
 */
#ifndef NSINIT_SERVICE_NOTIFY_PRIVATE_H
#define NSINIT_SERVICE_NOTIFY_PRIVATE_H

#include "service/supervised.h"

/* Before any run of a service that has a `listening`. */
void notify_init(struct supervised *supervised);

/* Listen on the socket, which notify.c closes and removes by its path. */
void notify_begin(struct supervised *supervised, int fd, const struct notify_name *name);

/*
 * Read the messages that have arrived; `program` is the service's process, which may just have
 * ended.
 */
void notify_read(struct supervised *supervised, pid_t program);

/* The run of the process `program` is over: read the last messages, and close the socket. */
void notify_end(struct supervised *supervised, pid_t program);

/* (Re)start the time within which the service must send WATCHDOG=1, if there is one. */
void notify_start_watchdog(struct supervised *supervised);

/* Relay lines to nsinit's own manager for a single service; a pod has pod/startup.c for that. */
void notify_relay_lines(struct supervised *supervised, const char *lines);

#endif
