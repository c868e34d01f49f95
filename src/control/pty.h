/*
 * pty.h - a pseudo-terminal for a command, in the place of nsctl's own terminal
 */
#ifndef NSINIT_CONTROL_PTY_H
#define NSINIT_CONTROL_PTY_H

#include <stdbool.h>
#include <termios.h>

/* The terminal of a controlling side, or -1 with errno. */
int pty_open_terminal(int controller);

/* Give one terminal the modes, or the size if it has one, of another. False with errno. */
bool pty_copy_modes(int from, int to);
bool pty_copy_size(int from, int to);

/* nsctl's own terminal is its stdin. */
struct pty {
    int controller; /* our side; does not block */
    int terminal;   /* the command's side */
    bool is_raw;    /* our own terminal is, by us */
    struct termios saved;
};

/* Make one with the size and the modes of our own. 0 or a negative errno. */
int pty_open(struct pty *pty);
void pty_close(struct pty *pty);

/* Be it this one instead, by its controlling side, which is the struct's then. */
void pty_replace(struct pty *pty, int controller);

/* Give it the size our own has now. */
void pty_resize(const struct pty *pty);

/* Our own terminal passes on each key as it is; and as it was before. */
void pty_enter_raw(struct pty *pty);
void pty_leave_raw(struct pty *pty);

#endif
