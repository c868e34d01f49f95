/*
 * event.h - an event in the life of a service or of the pod, for --report and nsctl events
 */
#ifndef NSINIT_SERVICE_EVENT_H
#define NSINIT_SERVICE_EVENT_H

#include <stdint.h>

struct supervised;

enum event_kind {
    EVENT_KIND_START, /* the program has been executed */
    EVENT_KIND_READY,
    EVENT_KIND_STATUS,  /* `text`: STATUS= of sd_notify(3) */
    EVENT_KIND_HEALTH,  /* `text`: the output of the check; `number`: 1 if it has passed */
    EVENT_KIND_RELOAD,  /* the service reads its configuration again */
    EVENT_KIND_STOP,    /* `text`: the reason, or NULL for a request */
    EVENT_KIND_EXIT,    /* supervised->exit_code; `text`: why the start failed, or NULL */
    EVENT_KIND_RESTART, /* `number`: the delay in milliseconds */
    EVENT_KIND_REAP,    /* an orphan has ended: `number` is its PID, with `wait_status` */
    EVENT_KIND_END,     /* the pod has ended: `number` is its exit code */
    EVENT_KIND_MISSED,  /* by a client that does not read: `number` events; not in a report */
    EVENT_KIND_COUNT
};

struct event {
    enum event_kind kind;
    const struct supervised *supervised; /* NULL: an event of the pod */
    const char *text;
    int64_t number;
    int wait_status;
};

#endif
