/*
 * send.h - send signals to a service
 */
#ifndef NSINIT_SUPERVISE_SEND_H
#define NSINIT_SUPERVISE_SEND_H

#include <sys/signalfd.h>

struct supervised;

/*
 * Send it a signal, as it was received (NULL: nsinit's own): to the process, or its group where
 * the service asks for that. 0 or a negative errno.
 */
int send_signal(const struct supervised *supervised, int signal_number,
                const struct signalfd_siginfo *from);

/* A step of its stop schedule: to the process, its group, or all there is of it. */
void send_step(struct supervised *supervised, int signal_number);

#endif
