/*
 * pty.h - a pseudo-terminal in the place of nsinit's own terminal, and the bytes between them
 */
#ifndef NSINIT_LINUX_PTY_H
#define NSINIT_LINUX_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/* Open the terminal side of a controller, or -1 with errno. */
int pty_open_terminal(int controller);

/* Copy the modes of a terminal to another one, or its size if it has one. False with errno. */
bool pty_copy_modes(int from, int to);
bool pty_copy_size(int from, int to);

struct pty {
    int own;              /* nsinit's own terminal, which the caller owns */
    int controller;       /* nsinit's side of the pair; does not block */
    int terminal;         /* the program's side of the pair */
    bool is_raw;          /* pty_enter_raw has changed `own` */
    struct termios saved; /* the modes of `own` before that */
};

/* A pair that is not open yet. */
static inline struct pty pty_none(void)
{
    return (struct pty){.own = -1, .controller = -1, .terminal = -1};
}

/*
 * Open a pair with the size of the terminal `own` and, in the foreground, with its modes. 0 or a
 * negative errno.
 */
int pty_open(struct pty *pty, int own);
void pty_close(struct pty *pty);

/* Close the pair, and take another one by its controller, which the struct owns then. */
void pty_replace(struct pty *pty, int controller);

/* Give the pair the present size of the own terminal. */
void pty_resize(const struct pty *pty);

/*
 * Let the own terminal pass on each key as it is typed, and restore its modes. Neither waits for
 * output that a stopped terminal (^S) does not take.
 */
void pty_enter_raw(struct pty *pty);
void pty_leave_raw(struct pty *pty);

/* Restore the modes for keys only, while output of the program still waits to be passed on. */
void pty_leave_raw_keys(const struct pty *pty);

/*
 * Whether nsinit's terminal still delivers whole lines. If the output goes to another program,
 * nsinit leaves the modes alone and reads lines; a pager that wants single keys changes the modes.
 */
bool pty_may_read_lines(const struct pty *pty);

/* Leave echo and the ends of output lines to the own terminal, which keeps its modes. */
void pty_leave_echo(const struct pty *pty);

/* Type a key by its index in c_cc (VINTR, VEOF: termios(3)), without waiting for a reader. */
void pty_type_key(const struct pty *pty, int key);

/* Copies bytes from one file to another, and waits for neither. */
struct pump {
    int from;
    int to;
    size_t start;
    size_t end;
    bool is_broken; /* one of the files has ended or failed */
    char data[4096];
};

static inline bool pump_is_full(const struct pump *pump)
{
    return pump->start < pump->end;
}

/* Read into the empty buffer, and write as much of it as the reader takes. */
void pump_fill(struct pump *pump);
void pump_drain(struct pump *pump);

#endif
