/*
 * fake_nsinit.h - a child of the test that plays nsinit's part of the control protocol
 */
#ifndef NSINIT_TESTS_SYSTEM_FAKE_NSINIT_H
#define NSINIT_TESTS_SYSTEM_FAKE_NSINIT_H

#include <sys/types.h>

struct fake {
    char path[200]; /* of its socket; in NSINIT_CONTROL too */
    int notes;      /* what it says to the test */
};

/* Run `play` in a child, which is then over. It gets a listening socket. */
void fake_start(struct fake *fake, void (*play)(int listener, const void *argument),
                const void *argument);

/* Wait for what it says by fake_note. */
void fake_expect(const struct fake *fake, const char *note);

/*
 * For plays. Accept a connection and read a request, which is to be this one: else the client gets
 * an error with exit code 99 that shows what it was, and the play is over.
 */
int fake_accept(int listener, const char *request);
void fake_say(int connection, const char *text);
void fake_note(const char *note);

/* A play of `struct exchange`s, which one without a request ends, each on a connection. */
struct exchange {
    const char *request;
    const char *answer;
};
void fake_answers(int listener, const void *exchanges);

/*
 * A play: run the command with the files that come, as nsinit would. It notes "ended" when the
 * command has, and "hung up" when nsctl has gone before that.
 */
struct execution {
    const char *request;
    const char *const *command;
};
void fake_executes(int listener, const void *execution);

#endif
