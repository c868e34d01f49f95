/*
 * faults.h - what nsinit does when a system call of its own fails
 * A seccomp filter with a user notifier (seccomp_unotify(2)) stops one kind of call in all
 * processes of a run; one of these calls is answered with an error, each other one goes on.
 */
#ifndef NSINIT_TESTS_FAULTS_FAULTS_H
#define NSINIT_TESTS_FAULTS_FAULTS_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* One system call and the errors it can fail with. */
struct call {
    long number;
    const char *name;
    int errors[9];  /* the last one is 0; none: it can't fail, or not by an errno */
    int path;       /* the argument that is a path, from 1 */
    unsigned flags; /* below */
};

enum {
    CALL_UNDOES = 1U, /* what it would have removed is left when it fails */
    CALL_EXECUTES = 2U
};

/* As many rows as the table may have. */
enum { CALL_MOST = 256 };

extern const struct call calls[];
extern const size_t call_count;

/* The row of a system call, by its number or name, or -1. */
int call_by_number(long number);
int call_by_name(const char *name);

/* Whether this very call could fail so: not all of fcntl's commands can, for one. */
bool call_can_fail(const struct call *call, const struct seccomp_notif *notice);

const char *error_name(int error_number);
int error_by_name(const char *name);

/* A shell script that runs nsinit as "$N", and what comes of it if nothing fails. */
struct scenario {
    const char *name;
    const char *script;
    const char *output;
    int code;
    int messages; /* of nsinit's, though nothing fails */
    /* An exit code of the script besides 125 for a failure, or 0. */
    int failure_code;
    /* Failures are retried, or happen beside what is printed: with one, all of that may come. */
    bool goes_on;
};

extern const struct scenario scenarios[];
extern const size_t scenario_count;
extern const char scenario_prelude[];

/* The `ordinal`-th call, from 1, of that row fails. Ordinal 0: none does, all are counted. */
struct fault {
    int call;
    int ordinal;
    int error_number;
};

struct job {
    int scenario;
    struct fault fault;
};

enum { TEXT_SIZE = 12000 };

enum verdict {
    VERDICT_GOOD,
    VERDICT_NOT_REACHED, /* there were fewer calls this time */
    VERDICT_BAD
};

struct outcome {
    enum verdict verdict;
    bool unclean; /* something is left: the arena can't be used again */
    unsigned int milliseconds;
    char where[512];      /* the call that has failed */
    char text[TEXT_SIZE]; /* what is wrong, and what the run has printed */
    unsigned int counts[CALL_MOST];
};

/* How a run is to be done: the same for all. */
struct setup {
    const char *binary;
    bool knows_setup_timeout;
    int deadline_ms;
};

/* Namespaces for runs: a process that takes jobs from the socket, and answers with outcomes. */
struct arena {
    pid_t pid;
    int fd;
};

/* 0, or -1 with errno set. */
int arena_open(struct arena *arena, const struct setup *setup);
void arena_close(struct arena *arena);

/* ---- inside an arena ------------------------------------------------------------------------ */

/* Calls of nsinit's that have been seen, and the one that fails. */
struct listener {
    int fd;
    dev_t device; /* of nsinit's binary, which is told from other programs by it */
    ino_t inode;
    struct fault fault;
    int seen;
    bool has_failed;
    struct outcome *outcome;
};

/* In the child, last before exec: notify of the fault's calls, or of all. Never returns -1. */
void listener_install(const struct fault *fault, volatile int *shared);

/* In the parent: take over what the child has installed. 0 or -1. */
int listener_take(struct listener *listener, pid_t child, volatile int *shared);

/* Answer one notification. */
void listener_answer(struct listener *listener);

/* What could be left: files, mounts, devices; to be freed. */
char *inventory(void);

/* What is wrong with the run, appended to the outcome's text; false: nothing. */
bool judge(const struct scenario *scenario, const struct listener *listener, int code,
           const char *output, const char *errors, struct outcome *outcome);

void add_text(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
