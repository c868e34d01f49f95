/*
 * lending.h - the namespaces of a service that others enter: enter = net=service:NAME
 * nsinit holds them, so that a restart of their owner leaves them, and who is in them, alone.
 */
#ifndef NSINIT_SUPERVISE_LENDING_H
#define NSINIT_SUPERVISE_LENDING_H

#include "spawn/spawn.h"
#include "util/error.h"

struct supervised;
struct supervisor;

/* Find out which services' namespaces are entered. 0 or -1 with `error` filled in. */
int lending_init(struct supervisor *supervisor, struct error *error);

/*
 * What the service is to be in besides its own namespaces, as far as it is the pod's or another
 * service's. 0, or -1 with `error` filled in when such a service has not run yet.
 */
int lending_give(const struct supervised *supervised, struct open_namespaces *given,
                 struct error *error);

/* The namespaces that the service makes anew at each start. */
namespace_set lending_new(const struct supervised *supervised);

/* Before a start: what others enter is to be held from before the program runs, which may be over
 * at once. */
void lending_prepare(struct supervised *supervised, struct spawn_context *context);

/* It has been started: hold that. */
void lending_hold(struct supervised *supervised);

/* The run is over: of its namespaces only those that others enter are kept. */
void lending_forget(struct supervised *supervised);

/*
 * What it is in, as far as nsinit holds it: as lending_give says, and of its own what others enter
 * and what can't be looked at, as it runs as another user. The files stay nsinit's.
 */
int lending_know(const struct supervised *supervised, struct open_namespaces *known,
                 struct error *error);

#endif
