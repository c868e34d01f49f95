/*
 * cleanup.h - end what is left when a program has ended: of one run, or of the whole pod
 * As PID 1 that is the rest of the namespace, as a subreaper all descendants. Where nsinit adopts
 * nobody it is the service's process group, and so it is for one of several services: nobody can
 * tell whose orphan an orphan is.
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
    struct supervised *service; /* NULL: the whole pod's */
    bool begun;
    bool awaits_reaping;                  /* its end is told by cleanup_on_reap */
    const struct stop_schedule *schedule; /* NULL: the service's own goes on */
    struct stop_walk own_walk;
    struct stop_walk *walk; /* those, or the service's own */
    int pending_signal; /* the signal of the step that goes on, which what is left has not got */
    struct process_group
        group;           /* of the service's last run, where what it leaves is told by groups */
    struct ev_io member; /* on the pidfd of one that is left and no child of nsinit's */
    struct timer again;  /* until that pidfd is tried again, for want of descriptors */
    struct signalled signalled; /* of the service's last run: who knows already that it is to end */
    void (*done)(struct cleanup *cleanup);
};

void cleanup_init(struct cleanup *cleanup, struct service_common *common,
                  struct supervised *service, void (*done)(struct cleanup *cleanup));

/* The service's program runs, in its process group; and it has just been waited for. */
void cleanup_on_program(struct cleanup *cleanup);
void cleanup_on_program_end(struct cleanup *cleanup);

/*
 * Begin, by the schedule (kept by the caller; without a step: leave it all and be done). `done` is
 * called when nothing is left or the schedule is through; where that is not told by groups, not
 * before cleanup_on_reap has told of what is left.
 */
void cleanup_begin(struct cleanup *cleanup, const struct stop_schedule *schedule);

/*
 * Begin with the schedule that has ended the service's program: its steps go on, and its owner
 * passes them on by cleanup_step and cleanup_on_over. What is left gets the signal `pending_signal`
 * first; 0: none.
 */
void cleanup_continue(struct cleanup *cleanup, struct stop_walk *walk, int pending_signal);
void cleanup_step(struct cleanup *cleanup, int signal_number);
void cleanup_on_over(struct cleanup *cleanup);

/* Whether anything is left of the service's last run, where that is told by its group. */
bool cleanup_has_leftovers(const struct cleanup *cleanup);

/* The service's name, or "drain". */
const char *cleanup_name(const struct cleanup *cleanup);

/* On to the schedule's next step. */
void cleanup_skip_step(struct cleanup *cleanup);

/* Whether the schedule's last step waits for as long as it takes, and is no KILL. */
bool cleanup_waits_forever(const struct cleanup *cleanup);

/* From now on by another schedule. */
void cleanup_continue_by(struct cleanup *cleanup, const struct stop_schedule *schedule);

/* All children that have ended are reaped; whether any child is left. */
void cleanup_on_reap(struct cleanup *cleanup, bool children_left);

/* Give up: what is left is left to others. */
void cleanup_stop(struct cleanup *cleanup);

#endif
