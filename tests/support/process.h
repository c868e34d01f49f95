/*
 * process.h - a command under test: started where a test wants it, watched without sleeping
 * All of it aborts the libcheck test with what it has seen when something does not come about.
 */
#ifndef NSINIT_TESTS_SUPPORT_PROCESS_H
#define NSINIT_TESTS_SUPPORT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum place {
    PLACE_PLAIN, /* an ordinary child of the test */
    PLACE_FIRST, /* PID 1 of a fresh PID namespace with its own /proc */
    PLACE_SECOND /* in such a namespace, under a PID 1 that only reaps */
};

struct process_options {
    const char *const *arguments; /* NULL-terminated; the program by path or in PATH */
    enum place place;
    uid_t uid;        /* an ordinary user to run as; 0: as the test */
    bool terminal;    /* a pseudo-terminal is its stdio and its controlling terminal */
    bool close_stdio; /* start with 0, 1 and 2 closed */
    void (*prepare)(void *argument); /* run in the child, last before exec */
    void *argument;
};

/* Output is what came on stdout (all that came, on a terminal), errors what came on stderr. */
struct stream {
    int fd;
    char *text;
    size_t length;
    size_t room;
    size_t read; /* how far process_expect has got */
};

struct process {
    pid_t pid;    /* of the command, as the test sees it; the one to signal */
    pid_t child;  /* the test's own child: the command, or the PID 1 above it */
    int pidfd;    /* of `child` */
    int input;    /* the command's stdin, or the terminal's master side */
    int report;   /* PLACE_SECOND: how the command ended and whether it left processes behind */
    int terminal; /* our hold on the terminal's other side until the end, or -1 */
    struct stream output;
    struct stream errors;
    int exit_code;  /* after process_wait: its code, or 128 + signal */
    bool left_some; /* PLACE_SECOND: processes outlived the command */
};

/* Whether the kernel lets us make PID namespaces here. If not, tests have nothing to stand on. */
bool process_can_isolate(void);

void process_start(struct process *process, const struct process_options *options);

/* Wait until `text` comes on stdout or stderr, behind what an earlier call has found. */
void process_expect(struct process *process, const char *text);

/* Write to its stdin. */
void process_type(struct process *process, const char *text);
void process_close_input(struct process *process);

void process_signal(const struct process *process, int signal_number);

/* Wait for its end, with all its output. Returns the exit code. */
int process_wait(struct process *process);

/* Whether it has ended; does not wait. */
bool process_has_ended(const struct process *process);

/* Free all; kills what still runs. Not needed at the end of a test that is over anyway. */
void process_drop(struct process *process);

/* Start, wait, return the exit code. The output is in `process`. */
int process_run(struct process *process, const struct process_options *options);

/* Wait until `condition(argument)` holds: for what has no event to wait for. */
void wait_until(bool (*condition)(void *argument), void *argument, const char *what);

#endif
