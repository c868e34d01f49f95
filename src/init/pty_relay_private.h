/*
 * pty_relay_private.h - a pseudo-terminal for the service instead of nsinit's own terminal
 * A program on the caller's terminal could type into it (TIOCSTI) and read the keys meant for other
 * programs. On a pseudo-terminal in a new session it can do neither: nsinit passes on the keys and
 * the output.
 */
#ifndef NSINIT_INIT_PTY_RELAY_PRIVATE_H
#define NSINIT_INIT_PTY_RELAY_PRIVATE_H

#include "init/init_private.h"

/* Whether the service gets a new session, and a pseudo-terminal where nsinit has a terminal. */
bool pty_relay_is_wanted(const struct pod *pod, const struct service *service);

/*
 * If nsinit has a terminal, open a relay for each service that wants a pseudo-terminal: init->relay
 * for a single program, or init->output_relays, which pass on no keys, for a pod file. Returns 0,
 * or -1 with `error` filled in.
 */
int pty_relay_open_all(struct init *init, struct error *error);

/* The relay of the service, or NULL. */
struct pty_relay *pty_relay_of(const struct init *init, const struct service *service);

/* Open a new pseudo-terminal for a run, in `context`. 0, or -1 with `error` filled in. */
int pty_relay_open_run(struct pty_relay *relay, struct spawn_context *context, struct error *error);

/* The run has begun: pass on its keys and output. */
void pty_relay_begin_run(struct pty_relay *relay);

/*
 * The run has ended: restore nsinit's terminal, and pass on the rest of the output. Returns whether
 * the program had the keys.
 */
bool pty_relay_end_run(struct pty_relay *relay);

/* Leave the terminal to the shell, as nsinit is about to stop; and take it again. */
void pty_relay_pause(struct pty_relay *relay);
void pty_relay_resume(struct pty_relay *relay);

/* Whether nsinit's own terminal does not turn the keys of a run into signals. */
bool pty_relay_hides_keys(const struct pty_relay *relay);

/* Pass on a signal of nsinit's terminal to the pseudo-terminal. Returns whether it was one. */
bool pty_relay_on_signal(struct init *init, const struct signalfd_siginfo *info);

/* Pass on the last output, and restore the terminal. */
void pty_relay_close_all(struct init *init);

#endif
