/*
 * cleanup.h - end the processes that a run, or the whole pod, has left behind
 * PID 1 ends the rest of its PID namespace, a subreaper all its descendants. An nsinit that adopts
 * no orphans ends the service's process group; with several services, so does every nsinit, as an
 * orphan does not show its service.
 */
#ifndef NSINIT_SERVICE_CLEANUP_H
#define NSINIT_SERVICE_CLEANUP_H

#include "linux/process_group.h"
#include "service/leftovers_private.h"
#include "service/stop_private.h"

struct supervised;
struct service_common;

struct cleanup {
    struct service_common *common;
    struct supervised *service; /* NULL: the whole pod */
    bool begun;
    bool awaits_reaping;                  /* cleanup_on_reap reports the leftovers */
    const struct stop_schedule *schedule; /* NULL: the service's own walk continues */
    struct stop_walk own_walk;
    struct stop_walk *walk;     /* the present one: own_walk, or the service's */
    int pending_signal;         /* of the walk's last step, not yet sent to the leftovers */
    struct process_group group; /* of the last run, if groups tell the services apart */
    struct ev_io member;        /* on the pidfd of a leftover that is not a child of nsinit */
    struct timer again;         /* until another try to open that pidfd */
    struct signalled signalled; /* the processes that got the last request to stop */
    void (*done)(struct cleanup *cleanup);
};

void cleanup_init(struct cleanup *cleanup, struct service_common *common,
                  struct supervised *service, void (*done)(struct cleanup *cleanup));

/* The service's program runs in its process group; the program has just been waited for. */
void cleanup_on_program(struct cleanup *cleanup);
void cleanup_on_program_end(struct cleanup *cleanup);

/*
 * Begin with a schedule, which the caller keeps; a schedule without steps leaves all processes
 * alone. `done` is called when no process is left or the schedule is over: at once, or after
 * cleanup_on_reap if process groups do not tell the services apart.
 */
void cleanup_begin(struct cleanup *cleanup, const struct stop_schedule *schedule);

/*
 * Begin with the walk that has ended the service's program. Its owner passes on its steps by
 * cleanup_step and its end by cleanup_on_over. The leftovers get `pending_signal` first (0: none).
 */
void cleanup_continue(struct cleanup *cleanup, struct stop_walk *walk, int pending_signal);
void cleanup_step(struct cleanup *cleanup, int signal_number);
void cleanup_on_over(struct cleanup *cleanup);

/* Whether processes of the last run are left, if its group shows that. */
bool cleanup_has_leftovers(const struct cleanup *cleanup);

/* The service's name, or "drain". */
const char *cleanup_name(const struct cleanup *cleanup);

/* Take the schedule's next step now. */
void cleanup_skip_step(struct cleanup *cleanup);

/* Whether the schedule's last step waits without limit after a signal other than KILL. */
bool cleanup_waits_forever(const struct cleanup *cleanup);

/* Continue with another schedule. */
void cleanup_continue_by(struct cleanup *cleanup, const struct stop_schedule *schedule);

/* All children that have ended are reaped; `children_left`: nsinit has others. */
void cleanup_on_reap(struct cleanup *cleanup, bool children_left);

/* Stop the cleanup, and leave the processes alone. */
void cleanup_stop(struct cleanup *cleanup);

#endif
