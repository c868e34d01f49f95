/*
 * verbs.h - what nsctl was asked to do, and its verbs
 */
#ifndef NSINIT_CONTROL_VERBS_H
#define NSINIT_CONTROL_VERBS_H

#include "control/client.h"

/* The command line, read. */
struct call {
    const char *path; /* of nsinit's socket */
    const char *verb;
    char **words; /* the verb's arguments, NULL-terminated */
    bool json;
    bool watch;
    const char *diagram; /* the format, or NULL */
    bool tree;
    bool diff;
    const char *types; /* of namespaces, a list; NULL: all */
};

/* Each returns the exit code, or -1 with `failure` filled in. */

/* A verb whose answer is that it is done. */
int plain_run(const struct call *call, struct failure *failure);

/* In files of their own: status.c, exec.c, id.c, ns.c. */
int id_run(const struct call *call, struct failure *failure);
int ns_run(const struct call *call, struct failure *failure);
int status_run(const struct call *call, struct failure *failure);
int exec_run(const struct call *call, struct failure *failure);

int wait_run(const struct call *call, struct failure *failure);
int events_run(const struct call *call, struct failure *failure);

#endif
