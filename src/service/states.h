/*
 * states.h - the life of a service as one table: state x event -> action and next state
 * Pure: machine.c carries out the actions. The manual prints this table (tools/gen_docs.c).
 */
#ifndef NSINIT_SERVICE_STATES_H
#define NSINIT_SERVICE_STATES_H

enum service_state {
    SERVICE_DOWN,     /* not started yet, or ended for good */
    SERVICE_SETUP,    /* its process exists, but has not executed its program yet */
    SERVICE_STARTING, /* runs, and is not ready yet */
    SERVICE_READY,    /* runs, and is ready or does not report readiness */
    SERVICE_STOPPING, /* is being stopped, and will not be started again */
    SERVICE_FAILING,  /* has failed while running, and is being stopped */
    SERVICE_CLEANING, /* has ended; its leftovers are being stopped before a restart */
    SERVICE_ENDING,   /* has ended; its leftovers are being stopped for good */
    SERVICE_WAITING,  /* waits for the delay before its restart */
    SERVICE_STATE_COUNT
};

enum service_event {
    EVENT_START,            /* start the service */
    EVENT_EXECUTED,         /* the program has been executed */
    EVENT_READY,            /* the service is ready, or does not report readiness */
    EVENT_READY_TIMEOUT,    /* the service has not become ready in time */
    EVENT_WATCHDOG,         /* the service has not fed its watchdog in time */
    EVENT_UNHEALTHY,        /* too many health checks have failed */
    EVENT_NETWORK_LOST,     /* the process that connects the network has ended */
    EVENT_STOP,             /* stop the service */
    EVENT_STOP_LEFTOVERS,   /* stop the leftovers of a service that has ended earlier */
    EVENT_ENDED_RESTART,    /* the program has ended or failed to start: the policy restarts it */
    EVENT_ENDED_FINALLY,    /* the program has ended or failed to start: the policy gives up */
    EVENT_ENDED_BY_REQUEST, /* nsctl has stopped it, to start it again or keep it down */
    EVENT_CLEAN,            /* no process of the last run is left */
    EVENT_DELAY_OVER,
    SERVICE_EVENT_COUNT
};

enum service_action {
    DO_WARN, /* the event is impossible in this state: warn of a fault in nsinit */
    DO_NOTHING,
    DO_SPAWN,     /* set up a process for the program */
    DO_BEGIN,     /* the program runs: wait for its readiness, if it reports that */
    DO_ANNOUNCE,  /* report readiness; begin the watchdog and health checks */
    DO_STOP,      /* begin the stop schedule */
    DO_SKIP_STEP, /* skip to the next step of the schedule */
    DO_END_RUN,   /* begin the stop schedule because of a failure */
    DO_ABORT_RUN, /* as DO_END_RUN, with ABRT first */
    DO_CLEAN,     /* stop the leftovers of the run */
    DO_DELAY,     /* wait for the delay of the restart */
    DO_RETIRE,    /* the service has ended for good */
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
