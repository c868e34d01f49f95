/*
 * manager_private.h - report nsinit itself to its own manager (systemd, podman): sd_notify(3)
 * WATCHDOG=1 while nsinit's loop runs, and how many services of a pod are ready.
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
    struct ev_timer feed; /* active if nsinit feeds the manager's watchdog */
    struct timer status;  /* until `ready` is reported */
    size_t count;         /* of the pod's services; 0: report no status */
    size_t ready;
    size_t sent_ready;
};

/*
 * With `feeds`, feed the manager's watchdog, if there is one. For a pod of `count` services (0: no
 * pod) report how many of them are ready.
 */
void manager_init(struct manager *manager, struct notify_relay *relay, bool feeds, size_t count);

/* Whether nsinit feeds the watchdog itself, so that services must not see it. */
bool manager_feeds_watchdog(const struct manager *manager);

/* Whether no timer is running. */
bool manager_is_quiet(const struct manager *manager);

/* The state of a service may have changed. */
void manager_on_change(struct manager *manager, struct supervised *supervised);

#endif
