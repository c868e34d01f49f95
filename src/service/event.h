/*
 * event.h - what happens to a service, as it is told to whoever wants to know
 */
#ifndef NSINIT_SERVICE_EVENT_H
#define NSINIT_SERVICE_EVENT_H

#include <stdint.h>

struct supervised;

enum event_kind {
    EVENT_KIND_START, /* its program has been executed */
    EVENT_KIND_READY,
    EVENT_KIND_STATUS,  /* `text`: what it says of itself */
    EVENT_KIND_HEALTH,  /* `text`: the output of the check; `number`: 1 if it has passed */
    EVENT_KIND_RELOAD,  /* it says that it reads its configuration again */
    EVENT_KIND_STOP,    /* `text`: why, or NULL: it was asked to */
    EVENT_KIND_EXIT,    /* supervised->exit_code; `text`: why it was not started, or NULL */
    EVENT_KIND_RESTART, /* `number`: in how many milliseconds */
    EVENT_KIND_REAP,    /* of an orphan, which was nobody's: `number` is its pid, `wait_status` */
    EVENT_KIND_END,     /* of the pod: `number` is its exit code */
    EVENT_KIND_MISSED,  /* by a client that does not read: `number` events; not in a report */
    EVENT_KIND_COUNT
};

struct event {
    enum event_kind kind;
    const struct supervised *supervised; /* NULL: the pod's */
    const char *text;
    int64_t number;
    int wait_status;
};

#endif
