/*
 * services_private.h - nsinit's services, for the verbs that look at processes themselves
 */
#ifndef NSINIT_NSCTL_SERVICES_PRIVATE_H
#define NSINIT_NSCTL_SERVICES_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "linux/nstypes.h"
#include "nsctl/failure_private.h"
#include "protocol/protocol.h"

/* Split a service's line into its fields, "-" for a missing one. False: it is another line. */
bool services_split(char *line, const char *fields[STATUS_FIELDS]);

/* One service; its strings point into `line`. */
struct service_row {
    const char *name; /* first: keywords_closest reads it */
    const char *state;
    const char *namespaces; /* pid=own,net=pod; "-": all are nsinit's */
    pid_t pid;              /* in this PID namespace; 0: it does not run, or is hidden */
    bool is_hidden;         /* it runs, but has no PID in this PID namespace */
    char *line;             /* owned */
};

struct services {
    pid_t nsinit; /* in this PID namespace; 0: not fetched */
    struct service_row *rows;
    size_t count;
};

/*
 * Read the services from nsinit. Returns 0 (then call services_free), or -1 with `failure` filled
 * in.
 */
int services_fetch(struct services *services, const char *path, struct failure *failure);
void services_free(struct services *services);

/* The PID that a word is, or -1. */
pid_t services_parse_pid(const char *word);

/* The service of that name, or NULL with `failure` filled in. */
const struct service_row *services_find_name(const struct services *services, const char *name,
                                             struct failure *failure);

/*
 * The process that a word names by its PID or its service; the service is NULL for any other
 * process. Fetches the services at the first use. Returns -1 with `failure` filled in.
 */
pid_t services_find_process(struct services *services, const char *path, const char *word,
                            const struct service_row **row, struct failure *failure);

/* Whether a namespace of the service is its own, entered or inherited. */
const char *service_row_origin(const struct service_row *row, enum ns_type type);

#endif
