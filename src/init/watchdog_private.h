/*
 * watchdog_private.h - a hardware watchdog, which resets a machine whose nsinit does not come round
 */
#ifndef NSINIT_INIT_WATCHDOG_PRIVATE_H
#define NSINIT_INIT_WATCHDOG_PRIVATE_H

#include <ev.h>

#include "pod/supervisor.h"
#include "util/error.h"

struct watchdog_feeder {
    const struct watchdog_device *plan; /* NULL: there is none */
    const struct supervisor *supervisor;
    int fd;
    uint64_t failing_since_ms; /* an essential service, on the monotonic clock; 0: none is */
    bool starves;
    struct ev_timer timer;
};

/*
 * Open the pod's device in a feeder that is all zero, and feed it from now on at half its time, by
 * the loop itself: see the kernel's watchdog-api. 0 also where none is asked for or it is not there
 * yet, or -1 with `error` filled in.
 */
int watchdog_open(struct watchdog_feeder *feeder, const struct supervisor *supervisor,
                  struct error *error);

/* Some service has changed: if the device was not there, that may have been its driver's. */
void watchdog_look(struct watchdog_feeder *feeder);

/* An orderly end, after the loop's last turn: it is not to go off. */
void watchdog_close(struct watchdog_feeder *feeder);

#endif
