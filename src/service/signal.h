/*
 * signal.h - send signals to a service
 */
#ifndef NSINIT_SERVICE_SIGNAL_H
#define NSINIT_SERVICE_SIGNAL_H

#include <sys/signalfd.h>

struct supervised;

/*
 * Send it a signal, as it was received (NULL: nsinit's own): to the process, or its group where
 * the service asks for that. 0 or a negative errno.
 */
int supervised_signal(struct supervised *supervised, int signal_number,
                      const struct signalfd_siginfo *from);

/* The signal of the last step, which the program alone has got; 0: all have. */
int supervised_pending_signal(const struct supervised *supervised);

/* Its inner init is there: tell it of the steps that came before it could hear of them. */
void supervised_send_earlier_steps(const struct supervised *supervised);

/* A step of its stop schedule, as it runs: to the process, its group, or all there is of it. */
void supervised_signal_step(struct supervised *supervised, int signal_number);

#endif
