// What the measuring program and the services of a pod share: a file mapped by all of them, since
// not every supervisor passes descriptors on. Starts are counted there by the services themselves;
// the measuring program sleeps until they are as many as it waits for, and no start wakes it
// before.
#pragma once

#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// The two of <linux/futex.h>, which musl-gcc may be without.
#define BOARD_FUTEX_WAIT 0
#define BOARD_FUTEX_WAKE 1

// The service's only argument is the board's path. As its `run` under s6 it gets that by the first
// line, which has room for one argument, and is told its own name after it.
#define BOARD_PLACES 8192 // at least as many as services live at the same time

struct board {
    _Atomic uint32_t started;            // so far; a service's number is what it was before
    _Atomic uint32_t awaited;            // who makes them so many says so
    _Atomic uint32_t told[BOARD_PLACES]; // by number: it is to end once its number + 1 is here
};

static inline _Atomic uint32_t *board_place(struct board *board, uint32_t number)
{
    return &board->told[number % BOARD_PLACES];
}

// Sleeps while WORD is VALUE. Returns on a signal, too, so the caller looks again.
static inline void board_sleep(_Atomic uint32_t *word, uint32_t value,
                               const struct timespec *timeout)
{
    syscall(SYS_futex, word, BOARD_FUTEX_WAIT, value, timeout, NULL, 0);
}

static inline void board_wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, BOARD_FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}
