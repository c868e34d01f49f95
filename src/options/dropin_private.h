/*
 * dropin_private.h - the names nsinit can be called by: each is a row of defaults, never another
 * code path
 */
#ifndef NSINIT_OPTIONS_DROPIN_PRIVATE_H
#define NSINIT_OPTIONS_DROPIN_PRIVATE_H

#include "plan/pod.h"

struct dropin {
    const char *names[3];  /* unused ones are NULL */
    const char *version;   /* the line that --version prints */
    bool speaks_on_stderr; /* help and version go there */
    enum placement placement;
    bool forward_to_group;
    bool subreaper;               /* without being asked */
    bool quiet_about_orphans;     /* no warning when one goes to another reaper */
    bool ignores_child_signal;    /* a SIGCHLD that somebody sent is not forwarded */
    bool ignores_terminal_stops;  /* TSTP, TTIN and TTOU are not forwarded */
    bool rewrites_terminal_stops; /* in its own session they arrive as STOP */
    const char *drain;
    unsigned char exit_codes[ERROR_KIND_COUNT];
};

/* The row for a program's name (argv[0], with or without a path); nsinit's own if it is unknown. */
const struct dropin *dropin_of(const char *program);

#endif
