/*
 * services.h - which processes are services of a running nsinit
 */
#ifndef NSINIT_CONTROL_SERVICES_H
#define NSINIT_CONTROL_SERVICES_H

#include <sys/types.h>

#include "control/client.h"

struct running {
    char *name; /* owned */
    pid_t pid;  /* as we see it */
};

struct services {
    struct running *running; /* owned */
    size_t count;
};

/*
 * Ask the nsinit at the socket for its services that run, or for the one of this name. 0, to be
 * freed by services_free, or -1 with `failure` filled in.
 */
int services_read(struct services *services, const char *path, const char *name,
                  struct failure *failure);
void services_free(struct services *services);

#endif
