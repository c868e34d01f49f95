/*
 * cmd_simple_private.h - what nsctl was asked to do, and its verbs
 */
#ifndef NSINIT_NSCTL_CMD_SIMPLE_PRIVATE_H
#define NSINIT_NSCTL_CMD_SIMPLE_PRIVATE_H

#include "nsctl/client_private.h"

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

/* In files of their own: cmd_status.c, cmd_exec.c, cmd_id.c, cmd_ns.c. */
int id_run(const struct call *call, struct failure *failure);
int ns_run(const struct call *call, struct failure *failure);
int status_run(const struct call *call, struct failure *failure);
int exec_run(const struct call *call, struct failure *failure);

int wait_run(const struct call *call, struct failure *failure);
int events_run(const struct call *call, struct failure *failure);

#endif
