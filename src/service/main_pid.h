/*
 * main_pid.h - a service's main process is another one from now on: MAINPID= of sd_notify(3)
 * A program that replaces itself without a gap starts its successor as a child, and ends. Where
 * nsinit adopts orphans, the successor then becomes nsinit's own child, and the run goes on with
 * it. Until then the successor is the heir: it is shown and gets the service's signals. If the heir
 * ends first, the program that has started it is the main process again.
 */
#ifndef NSINIT_SERVICE_MAIN_PID_H
#define NSINIT_SERVICE_MAIN_PID_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct supervised;
struct successor;

/*
 * The service's process `sender` (0: not known) names a main process by its `number` in the
 * service's PID namespace. Follow that process, or ignore it with a warning, once in a run.
 */
void main_pid_follow(struct supervised *supervised, uint64_t number, pid_t sender);

/*
 * The main process has been waited for; supervised->pid is 0. True when another one has taken its
 * place, and the run goes on.
 */
bool main_pid_take_over(struct supervised *supervised, pid_t ended);

/* If there is an heir, send it the signal, with `info` or as kill(2) does: 0 or a negative errno;
 * 1 when there is none. */
int main_pid_signal(const struct supervised *supervised, int signal_number, siginfo_t *info);

/* Another process is supervised->program. */
void main_pid_log_change(const struct supervised *supervised);

/* The run is over. */
void main_pid_end(struct supervised *supervised);

#endif
