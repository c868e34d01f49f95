/*
 * signal.h - send signals to a service
 */
#ifndef NSINIT_SERVICE_SIGNAL_H
#define NSINIT_SERVICE_SIGNAL_H

#include <sys/signalfd.h>

struct supervised;

/*
 * Send the service a signal, to its process or, with forward_to_group, to its group. `from` is the
 * signal as nsinit received it, or NULL for one of nsinit itself. 0 or a negative errno.
 */
int supervised_signal(struct supervised *supervised, int signal_number,
                      const struct signalfd_siginfo *from);

/* The last step's signal if the program alone has received it, without its leftovers; else 0. */
int supervised_pending_signal(const struct supervised *supervised);

/* The inner init is there now: report the steps that were taken during the setup. */
void supervised_send_earlier_steps(const struct supervised *supervised);

/* Take a step of the stop schedule of a running service: signal its process, group or all. */
void supervised_signal_step(struct supervised *supervised, int signal_number);

#endif
