/*
 * lent_namespaces_private.h - the namespaces of a service that other services join
 * For enter = net=service:NAME nsinit holds the namespaces of the service NAME open, so that they,
 * and the processes in them, outlive a restart of that service.
 */
#ifndef NSINIT_POD_LENT_NAMESPACES_PRIVATE_H
#define NSINIT_POD_LENT_NAMESPACES_PRIVATE_H

#include "spawn/spawn.h"
#include "util/error.h"

struct supervised;
struct supervisor;

/* Find the services that other services join. Returns 0, or -1 with `error` filled in. */
int lent_namespaces_init(struct supervisor *supervisor, struct error *error);

/*
 * The namespaces of the pod and of other services that the service joins. Returns 0, or -1 with
 * `error` filled in if one of these services has not run yet. nsinit keeps the files.
 */
int lent_namespaces_for(const struct supervised *supervised, struct nsfds *given,
                        struct error *error);

/* The namespaces that the service makes at each start. */
ns_set lent_namespaces_to_make(const struct supervised *supervised);

/* Before a start: the namespaces of the service to open for nsinit. */
ns_set lent_namespaces_to_open(const struct supervised *supervised);

/* The service has started with these namespaces open: take the ones that nsinit holds. */
void lent_namespaces_hold(struct supervised *supervised, struct nsfds *opened);

/* The run is over: close all of its namespaces but those that others join. */
void lent_namespaces_release(struct supervised *supervised);

/*
 * As lent_namespaces_for, and the service's own namespaces that nsinit holds: those that others
 * join, and those that nsinit may not read from /proc, as the service runs as another user.
 */
int lent_namespaces_of(const struct supervised *supervised, struct nsfds *known,
                       struct error *error);

#endif
