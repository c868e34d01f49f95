/*
 * cmd_private.h - nsctl's request, and the functions of its verbs
 */
#ifndef NSINIT_NSCTL_CMD_PRIVATE_H
#define NSINIT_NSCTL_CMD_PRIVATE_H

#include <stdbool.h>

#include "nsctl/failure_private.h"

/* The command line, parsed. */
struct call {
    const char *path; /* of nsinit's socket; NULL: the default paths */
    const char *verb;
    char **words; /* the verb's arguments, NULL-terminated */
    bool json;
    bool watch;
    const char *diagram; /* the format, or NULL */
    bool tree;
    bool diff;
    bool drop;
    const char *types; /* of namespaces, a list; NULL: all */
};

/* A function of a verb returns the exit code, or -1 with `failure` filled in. */

/* cmd_simple.c. plain_run is for the verbs whose answer has no data. */
int plain_run(const struct call *call, struct failure *failure);
int wait_run(const struct call *call, struct failure *failure);
int events_run(const struct call *call, struct failure *failure);

int status_run(const struct call *call, struct failure *failure); /* cmd_status.c */
int exec_run(const struct call *call, struct failure *failure);   /* cmd_exec.c */
int id_run(const struct call *call, struct failure *failure);     /* cmd_id.c */
int ns_run(const struct call *call, struct failure *failure);     /* cmd_ns.c */

/* cmd_diagram.c: --diagram replaces what status and ns print otherwise. */
int diagram_run(const struct call *call, struct failure *failure);

/* Whether the call can draw the diagram it requests. Returns 0, or -1 with `failure` filled in. */
int diagram_check(const struct call *call, struct failure *failure);

#endif
