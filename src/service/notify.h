/*
 * notify.h - listen to what a service says by sd_notify(3)
 */
#ifndef NSINIT_SERVICE_NOTIFY_H
#define NSINIT_SERVICE_NOTIFY_H

#include "pod/supervisor.h"

/* Listen on the socket from now on, which is notify's to close and, by its path, to remove. */
void notify_begin(struct supervised *supervised, int fd, const struct notify_name *name);

/* Hear now what has been said, where `program` is the service's, or was until now. */
void notify_hear(struct supervised *supervised, pid_t program);

/* The run of the process `program` is over: hear what was said to the last, and close. */
void notify_end(struct supervised *supervised, pid_t program);

#endif
