/*
 * states.h - the life of a service as one table: state x event -> action and next state
 * Pure: who asks carries out the action. The manual prints this table (tools/gen_docs.c).
 */
#ifndef NSINIT_SERVICE_STATES_H
#define NSINIT_SERVICE_STATES_H

enum service_state {
    SERVICE_DOWN,     /* not started yet, or ended for good */
    SERVICE_SETUP,    /* its process is there, but does not execute its program yet */
    SERVICE_STARTING, /* runs, and is not ready yet */
    SERVICE_READY,    /* runs; ready, or never asked whether it is */
    SERVICE_STOPPING, /* asked to stop; not again to be started */
    SERVICE_FAILING,  /* has failed while it ran, and is being ended */
    SERVICE_CLEANING, /* has ended; what it left behind is being ended */
    SERVICE_ENDING,   /* the same, and it is not to be started again */
    SERVICE_WAITING,  /* for the delay before its restart */
    SERVICE_STATE_COUNT
};

enum service_event {
    EVENT_START,          /* it is to run */
    EVENT_EXECUTED,       /* its program has been executed */
    EVENT_READY,          /* it says that it is ready, or need not say so */
    EVENT_READY_TIMEOUT,  /* it has not said so in time */
    EVENT_WATCHDOG,       /* it has not said in time that it is alive */
    EVENT_UNHEALTHY,      /* its health check has failed too often */
    EVENT_STOP,           /* it is to stop */
    EVENT_STOP_LEFTOVERS, /* it has ended long ago, and what it left behind is to end, too */
    EVENT_ENDED_RESTART,  /* the program has ended, or could not be started: the policy restarts it
                           */
    EVENT_ENDED_FINALLY,  /* the same, and the policy does not */
    EVENT_ENDED_BY_REQUEST, /* of nsctl: to be started again, or to stay down until then */
    EVENT_CLEAN,            /* nothing of the last run is left */
    EVENT_DELAY_OVER,
    SERVICE_EVENT_COUNT
};

enum service_action {
    DO_COMPLAIN, /* the event can't come in this state: a fault of nsinit's own */
    DO_NOTHING,
    DO_SPAWN,     /* set up a process for the program */
    DO_BEGIN,     /* the program runs: await its readiness, if it says so itself */
    DO_ANNOUNCE,  /* that it is ready; watchdog and health checks begin */
    DO_STOP,      /* begin the stop schedule */
    DO_SKIP_STEP, /* on to the schedule's next step */
    DO_END_RUN,   /* begin the stop schedule because of a failure */
    DO_ABORT_RUN, /* the same, with ABRT first */
    DO_CLEAN,     /* end what the run has left behind */
    DO_DELAY,     /* start the timer of the restart's delay */
    DO_RETIRE,    /* it has ended for good */
    SERVICE_ACTION_COUNT
};

struct transition {
    enum service_action action;
    enum service_state next;
};

struct transition service_transition(enum service_state state, enum service_event event);

/* For messages and the manual. */
const char *service_state_name(enum service_state state);
const char *service_event_name(enum service_event event);
const char *service_action_name(enum service_action action);

#endif
