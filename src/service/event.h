/*
 * event.h - what happens to a service, as it is told to whoever wants to know
 */
#ifndef NSINIT_SERVICE_EVENT_H
#define NSINIT_SERVICE_EVENT_H

#include <stdint.h>

struct supervised;
struct supervisor;

enum occurrence_kind {
    OCCURRENCE_START, /* its program has been executed */
    OCCURRENCE_READY,
    OCCURRENCE_STATUS,  /* `text`: what it says of itself */
    OCCURRENCE_HEALTH,  /* `text`: the output of the check; `number`: 1 if it has passed */
    OCCURRENCE_RELOAD,  /* it says that it reads its configuration again */
    OCCURRENCE_STOP,    /* `text`: why, or NULL: it was asked to */
    OCCURRENCE_EXIT,    /* supervised->exit_code; `text`: why it was not started, or NULL */
    OCCURRENCE_RESTART, /* `number`: in how many milliseconds */
    OCCURRENCE_REAP,    /* of an orphan, which was nobody's: `number` is its pid, `wait_status` */
    OCCURRENCE_END,     /* of the pod: `number` is its exit code */
    OCCURRENCE_COUNT
};

struct occurrence {
    enum occurrence_kind kind;
    const struct supervised *supervised; /* NULL: the pod's */
    const char *text;
    int64_t number;
    int wait_status;
};

/* Tell the owner of the loop (supervisor_hooks). */
void occurrence_tell(const struct supervised *supervised, enum occurrence_kind kind,
                     const char *text, int64_t number);

#endif
