/*
 * lent_namespaces_private.h - the namespaces of a service that others enter: enter =
 * net=service:NAME nsinit holds them, so that a restart of their owner leaves them, and who is in
 * them, alone.
 */
#ifndef NSINIT_POD_LENT_NAMESPACES_PRIVATE_H
#define NSINIT_POD_LENT_NAMESPACES_PRIVATE_H

#include "spawn/spawn.h"
#include "util/error.h"

struct supervised;
struct supervisor;

/* Find out which services' namespaces are entered. 0 or -1 with `error` filled in. */
int lent_namespaces_init(struct supervisor *supervisor, struct error *error);

/*
 * What the service is to be in besides its own namespaces, as far as it is the pod's or another
 * service's. 0, or -1 with `error` filled in when such a service has not run yet.
 */
int lent_namespaces_for(const struct supervised *supervised, struct nsfds *given,
                        struct error *error);

/* The namespaces that the service makes anew at each start. */
ns_set lent_namespaces_to_make(const struct supervised *supervised);

/* Before a start: those of its namespaces that nsinit is to get open. */
ns_set lent_namespaces_to_open(const struct supervised *supervised);

/* It has been started, and these are open: those that are held are taken out. */
void lent_namespaces_hold(struct supervised *supervised, struct nsfds *shown);

/* The run is over: of its namespaces only those that others enter are kept. */
void lent_namespaces_release(struct supervised *supervised);

/*
 * What it is in, as far as nsinit holds it: as lent_namespaces_for says, and of its own what
 * others enter and what can't be looked at, as it runs as another user. The files stay nsinit's.
 */
int lent_namespaces_of(const struct supervised *supervised, struct nsfds *known,
                       struct error *error);

#endif
