/*
 * pty_relay_private.h - a pseudo-terminal for the service in the place of nsinit's own terminal
 * A program that has the caller's terminal could type into it (TIOCSTI), and read what is typed to
 * others. On one of its own, in a session of its own, it can do neither: nsinit passes on the keys
 * and the output.
 */
#ifndef NSINIT_INIT_PTY_RELAY_PRIVATE_H
#define NSINIT_INIT_PTY_RELAY_PRIVATE_H

#include "init/init_private.h"

/* Whether the service is to have a session of its own, and a pseudo-terminal if there is a
 * terminal. */
bool pty_relay_is_wanted(const struct pod *pod, const struct service *service);

/*
 * If nsinit has a terminal, be ready to relay it for each service that is to have another: for the
 * only one init->relay, for those of a pod file, which have no keys, init->output_relays. 0, or -1
 * with `error` filled in.
 */
int pty_relay_open_all(struct init *init, struct error *error);

/* The service's, or NULL. */
struct pty_relay *pty_relay_of(const struct init *init, const struct service *service);

/* For a run: a new pseudo-terminal, in `context`. 0, or -1 with `error` filled in. */
int pty_relay_open_run(struct pty_relay *relay, struct spawn_context *context, struct error *error);

/* The run has begun: pass on keys and output. */
void pty_relay_begin_run(struct pty_relay *relay);

/*
 * It has ended: nsinit's terminal is as it was, and what has been written still arrives. Whether
 * the keys were the program's.
 */
bool pty_relay_end_run(struct pty_relay *relay);

/* About to be stopped, by ^Z: the terminal is the shell's. And the service is to go on. */
void pty_relay_pause(struct pty_relay *relay);
void pty_relay_resume(struct pty_relay *relay);

/* Whether the keys of a run make no signals at nsinit's own terminal. */
bool pty_relay_hides_keys(const struct pty_relay *relay);

/* Whether a signal was the terminal's word to the service, and has been passed on as such. */
bool pty_relay_on_signal(struct init *init, const struct signalfd_siginfo *info);

/* nsinit is about to end: pass on the last output, and leave the terminal as it was. */
void pty_relay_close_all(struct init *init);

#endif
