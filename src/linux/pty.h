/*
 * pty.h - a pseudo-terminal in the place of one's own terminal, and bytes on their way between them
 */
#ifndef NSINIT_LINUX_PTY_H
#define NSINIT_LINUX_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/* The terminal of a controlling side, or -1 with errno. */
int pty_open_terminal(int controller);

/* Give one terminal the modes, or the size if it has one, of another. False with errno. */
bool pty_copy_modes(int from, int to);
bool pty_copy_size(int from, int to);

struct pty {
    int own;        /* the terminal in whose place it is; the caller's */
    int controller; /* our side; does not block */
    int terminal;   /* the program's side */
    bool is_raw;    /* our own terminal is, by us */
    struct termios saved;
};

/* The one that is not open yet. */
static inline struct pty pty_none(void)
{
    return (struct pty){.own = -1, .controller = -1, .terminal = -1};
}

/*
 * Make one with the size and, in the foreground, the modes of our own terminal. 0 or a negative
 * errno.
 */
int pty_open(struct pty *pty, int own);
void pty_close(struct pty *pty);

/* Be it this one instead, by its controlling side, which is the struct's then. */
void pty_replace(struct pty *pty, int controller);

/* Give it the size our own has now. */
void pty_resize(const struct pty *pty);

/*
 * Our own terminal passes on each key as it is; and as it was before. Neither waits for output
 * that a stopped terminal (^S) does not take.
 */
void pty_enter_raw(struct pty *pty);
void pty_leave_raw(struct pty *pty);

/* The latter for keys alone: output that still waits to be passed on is not to be changed. */
void pty_leave_raw_keys(const struct pty *pty);

/*
 * Whether the keys of our own terminal may be read. Where the output goes to another program,
 * which may be a pager, that one may want them: then our terminal keeps its modes, so that it
 * passes on whole lines, until somebody else has changed them.
 */
bool pty_may_read_lines(const struct pty *pty);

/* Our own terminal keeps its modes: echo and the ends of lines in the output are its affair. */
void pty_leave_echo(const struct pty *pty);

/*
 * As if a key were typed on it, by its index in c_cc (VINTR, VEOF: termios(3)). It does not wait.
 */
void pty_type_key(const struct pty *pty, int key);

/* Bytes on their way from one file to another, neither of which is waited for. */
struct pump {
    int from;
    int to;
    size_t start;
    size_t end;
    bool is_broken; /* one of them is gone */
    char data[4096];
};

static inline bool pump_is_full(const struct pump *pump)
{
    return pump->start < pump->end;
}

/* Read, where nothing is left to be written; and write what there is, as far as it goes. */
void pump_fill(struct pump *pump);
void pump_drain(struct pump *pump);

#endif
