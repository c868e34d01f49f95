/*
 * services_private.h - who nsinit's services are, for the verbs that look at processes themselves
 */
#ifndef NSINIT_NSCTL_SERVICES_PRIVATE_H
#define NSINIT_NSCTL_SERVICES_PRIVATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "nsctl/client_private.h"
#include "linux/nstypes.h"
#include "protocol/protocol.h"

/* Split a service's line into its fields, "-" for one that is missing. False: it is another line.
 */
bool services_split(char *line, const char *fields[STATUS_FIELDS]);

struct service_row {
    const char *name; /* of the service; in front: keywords_closest */
    char *row;        /* of the status; the others point into it; owned */
    const char *state;
    const char *namespaces; /* pid=own,net=pod; "-": none but nsinit's */
    pid_t pid;              /* as we see it; 0: it does not run, or is hidden */
    bool is_hidden;         /* it runs, but we can't see it */
};

struct services {
    pid_t nsinit; /* as we see it; 0: no nsinit is there */
    struct service_row *rows;
    size_t count;
};

/* The PID that a word is, or -1. */
pid_t services_pid(const char *word);

/* Ask nsinit. 0, to be freed by services_free, or -1 with `failure` filled in. */
int services_fetch(struct services *services, const char *path, struct failure *failure);
void services_free(struct services *services);

/* The service of that name, or NULL with `failure` filled in. */
const struct service_row *services_member(const struct services *services, const char *name,
                                          struct failure *failure);

/*
 * The process that a word names, a PID or a service, and the service, or NULL where it is none's.
 * The roster is fetched where it is needed and has not been. -1 with `failure` filled in.
 */
pid_t services_find(struct services *services, const char *path, const char *word,
                    const struct service_row **row, struct failure *failure);

/* Where the service has the namespace from: own, entered, inherited. */
const char *service_row_origin(const struct service_row *row, enum ns_type type);

#endif
