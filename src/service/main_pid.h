/*
 * main_pid.h - replace a service's main process by another one: MAINPID= of sd_notify(3)
 * A program that replaces itself without a gap starts its successor as a child, and ends. If nsinit
 * adopts orphans, the successor then becomes nsinit's own child, and the run continues with it.
 * Until then nsinit shows the successor's PID and signals the successor. If the successor ends
 * first, the program that has started it is the main process again.
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
 * The service's process `sender` (0: unknown) names a main process by its `number` in the
 * service's PID namespace. Accept that process, or ignore it and warn once in a run.
 */
void main_pid_follow(struct supervised *supervised, uint64_t number, pid_t sender);

/*
 * The main process has been waited for, and supervised->pid is 0. True if another process has
 * taken its place, so that the run continues.
 */
bool main_pid_take_over(struct supervised *supervised, pid_t ended);

/*
 * Signal the successor, with `info` or as kill(2) does. Returns 0, a negative errno, or 1 without a
 * successor.
 */
int main_pid_signal(const struct supervised *supervised, int signal_number, siginfo_t *info);

/* Log that supervised->program is another process. */
void main_pid_log_change(const struct supervised *supervised);

/* The run is over: forget the successor. */
void main_pid_end(struct supervised *supervised);

#endif
