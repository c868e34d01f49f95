/*
 * manager_private.h - what nsinit tells its own manager (systemd, podman) of itself
 * nsinit tells that it is alive, as long as its loop runs, and how many services of a pod are
 * ready.
 */
#ifndef NSINIT_POD_MANAGER_PRIVATE_H
#define NSINIT_POD_MANAGER_PRIVATE_H

#include <ev.h>
#include <stddef.h>

#include "service/notify_relay.h"
#include "util/loop.h"

struct supervised;

struct manager {
    struct notify_relay *relay;
    struct ev_timer feed; /* active while a watchdog of the manager's is to be fed */
    struct timer status;  /* until the manager is told of `ready` */
    size_t count;         /* of the pod's services; 0: there is no status */
    size_t ready;
    size_t sent_ready;
};

/*
 * Feed the manager's watchdog, if there is one, where `feeds` says that no service can. For a pod
 * of `count` services (0: no pod) tell the manager how many are ready.
 */
void manager_init(struct manager *manager, struct notify_relay *relay, bool feeds, size_t count);

/* Whether nsinit feeds the watchdog, so that no service is told of it. */
bool manager_feeds_watchdog(const struct manager *manager);

/* Whether no timer is running. */
bool manager_is_quiet(const struct manager *manager);

/* The state of the service has changed. */
void manager_on_change(struct manager *manager, struct supervised *supervised);

#endif
