/*
 * manager.h - what nsinit tells its own manager (systemd, podman) of itself
 * It is alive, as long as the loop comes round; and so many of a pod's services are ready.
 */
#ifndef NSINIT_SUPERVISE_MANAGER_H
#define NSINIT_SUPERVISE_MANAGER_H

#include <ev.h>
#include <stddef.h>

#include "supervise/relay.h"
#include "supervise/watch.h"

struct supervised;

struct manager {
    struct relay *relay;
    struct ev_timer feed; /* active while a watchdog of the manager's is to be fed */
    struct timer status;  /* until the manager is told of `ready` */
    size_t count;         /* of the pod's services; 0: there is no status */
    size_t ready;
    size_t told;
};

/*
 * Feed the watchdog from now on, if there is one and `feeds`: no service does it, as none can
 * notify the manager. For a pod of `count` services (0: it is none) tell how many are ready.
 */
void manager_init(struct manager *manager, struct relay *relay, bool feeds, size_t count);

/* Whether nsinit feeds it, so that it is no service's. */
bool manager_feeds(const struct manager *manager);

/* Whether it waits for no time to pass. */
bool manager_is_quiet(const struct manager *manager);

/* The service has another state. */
void manager_on_change(struct manager *manager, struct supervised *supervised);

#endif
