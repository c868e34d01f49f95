/*
 * watchdog_private.h - feed a hardware watchdog, which resets a machine whose nsinit hangs
 */
#ifndef NSINIT_INIT_WATCHDOG_PRIVATE_H
#define NSINIT_INIT_WATCHDOG_PRIVATE_H

#include <ev.h>

#include "pod/supervisor.h"
#include "util/error.h"

struct watchdog_feeder {
    const struct watchdog_device *plan; /* NULL: no watchdog is configured */
    const struct supervisor *supervisor;
    int fd;                    /* -1: the device is not open */
    uint64_t failing_since_ms; /* since when an essential service fails (monotonic); 0: none does */
    bool is_withheld;          /* the watchdog is not fed, as a service fails for too long */
    struct ev_timer timer;
};

/*
 * Open the pod's watchdog in a feeder that is all zero, and feed it at half its timeout from the
 * loop: see the kernel's watchdog-api. A device that does not exist yet is opened later. 0, or -1
 * with `error` filled in.
 */
int watchdog_open(struct watchdog_feeder *feeder, const struct supervisor *supervisor,
                  struct error *error);

/* A service has changed: it may have loaded the driver of a device that did not exist. */
void watchdog_retry(struct watchdog_feeder *feeder);

/* Disarm and close the watchdog at an orderly end. */
void watchdog_close(struct watchdog_feeder *feeder);

#endif
