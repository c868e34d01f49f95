/*
 * mainpid.h - a service's main process is another one from now on: MAINPID= of sd_notify(3)
 * A program that replaces itself without a gap starts its successor as a child, and ends. Then the
 * successor is nsinit's own child where nsinit adopts orphans, and the run goes on with it. Until
 * then it is the heir: it is shown and gets the service's signals; if it ends first, the program
 * that has started it is the main process again.
 */
#ifndef NSINIT_SUPERVISE_MAINPID_H
#define NSINIT_SUPERVISE_MAINPID_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct supervised;
struct heir;

/*
 * The service says so, by its process `sender` (0: not known): follow, or ignore it with a
 * warning, once in a run. `number` is that of the service's PID namespace.
 */
void mainpid_follow(struct supervised *supervised, uint64_t number, pid_t sender);

/*
 * The main process has been waited for; supervised->pid is 0. True when another one has taken its
 * place, and the run goes on.
 */
bool mainpid_goes_on(struct supervised *supervised, pid_t ended);

/* If there is an heir, send it the signal, with `info` or as kill(2) does: 0 or a negative errno;
 * 1 when there is none. */
int mainpid_signal(const struct supervised *supervised, int signal_number, siginfo_t *info);

/* Another process is supervised->program. */
void mainpid_log(const struct supervised *supervised);

/* The run is over. */
void mainpid_end(struct supervised *supervised);

#endif
