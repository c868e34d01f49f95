/*
 * dropin_private.h - the inits that nsinit can stand in for: each name is a row of defaults, never
 * another code path
 */
#ifndef NSINIT_OPTIONS_DROPIN_PRIVATE_H
#define NSINIT_OPTIONS_DROPIN_PRIVATE_H

#include "plan/pod.h"

struct dropin {
    const char *names[3];  /* unused ones are NULL */
    const char *version;   /* the line that --version prints */
    bool prints_on_stderr; /* help and version */
    enum placement placement;
    bool forward_to_group;
    bool subreaper;
    bool quiet_about_orphans;     /* no warning when an orphan goes to another reaper */
    bool ignores_child_signal;    /* a SIGCHLD that a process has sent is not forwarded */
    bool ignores_terminal_stops;  /* TSTP, TTIN and TTOU are not forwarded */
    bool rewrites_terminal_stops; /* in the program's own session they are forwarded as STOP */
    const char *drain;
    unsigned char exit_codes[ERROR_KIND_COUNT];
};

/* The row for a program's name (argv[0], with or without a path); nsinit's own if it is unknown. */
const struct dropin *dropin_of(const char *program);

/* A variable of another init, and the option that it sets. */
struct dropin_variable {
    const char *name;
    const char *only_value; /* the only value with an effect; NULL: every value has one */
    const char *option;
    const char *value; /* that the option is set to; NULL: the variable's */
};

extern const struct dropin_variable dropin_variables[];
extern const size_t dropin_variable_count;

#endif
