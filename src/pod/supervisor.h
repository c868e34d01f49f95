/*
 * supervisor.h - services in operation: started, watched, restarted, stopped
 * The table of service/states.h says what happens when; this room carries it out, and translates
 * ends of processes, timers and messages into its events.
 */
#ifndef NSINIT_POD_SUPERVISOR_H
#define NSINIT_POD_SUPERVISOR_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/pod.h"
#include "spawn/spawn.h"
#include "service/children.h"
#include "service/cleanup.h"
#include "service/main_pid.h"
#include "pod/manager_private.h"
#include "service/notify_message.h"
#include "service/event.h"
#include "linux/process_list.h"
#include "service/notify_relay.h"
#include "service/backoff.h"
#include "service/setup.h"
#include "service/states.h"
#include "service/stop.h"
#include "util/loop.h"
#include "util/error.h"

/* What is heard of a service, where anything may be. */
struct listening {
    bool has_complained;  /* about a message of somebody else's, in this run */
    int killed_by;        /* the signal that has killed the program below an inner init; or 0 */
    uint32_t watchdog_ms; /* as the service may have changed it; 0: none */
    unsigned int closers; /* processes that close files which it has sent */
    struct timer watchdog;
    struct ev_io notify; /* on the socket it notifies by */
    struct notify_name notify_name;
    struct timer notify_rest; /* active while that is not watched: others talk too much */
    struct ev_io link;        /* to its inner init; its owner's */
    struct ev_io ready;       /* on the other end of its ready_fd */
    int above_fd;             /* where whoever executed nsinit awaits that it is ready, or -1 */
};

/* What a program says of itself by sd_notify(3), besides that it is ready. */
enum claim { CLAIMS_NOTHING, CLAIMS_RELOADING, CLAIMS_STOPPING };

/* A service and the process that runs it. A pod of many has many of these: keep it small. What is
 * asked for most comes first, where it is reached by short instructions. */
struct supervised {
    const struct service *service;
    struct supervisor *supervisor;
    enum service_state state;
    pid_t pid;      /* 0: not running */
    pid_t program;  /* the same, its heir, or the child of its inner init: who asks is told it */
    pid_t group;    /* its process group, also after its end; 0: nsinit's own */
    int stopped_by; /* the signal that stopped it, 0 when it is not stopped */
    int exit_code;  /* of the last run */
    bool failed;    /* this run is being ended for a failure */
    bool is_ready;
    unsigned char claim;  /* an enum claim, in this run */
    bool has_begun;       /* it has been started once at least */
    bool is_acting;       /* on an event; the next one waits */
    bool has_ended;       /* once at least: its exit code is one */
    bool is_up;           /* it has been ready once, or done: who waits for it may start */
    bool is_pending;      /* it has not been started yet, and is to be */
    bool skips_order;     /* by request: it is started whoever is up */
    bool is_kept_down;    /* by request: its end is not the pod's affair */
    bool starts_again;    /* by request, when it has ended */
    bool counts_as_ready; /* for manager.c */
    bool lingers;         /* it is down, but what it left behind is to be stopped in its turn */
    bool ends_rest;       /* the pod ends, and it had ended before */
    int next_event;       /* that an action has led to, or -1 */
    unsigned int active_dependents; /* how many of those that wait for it have not ended */
    struct listening *listening;    /* NULL: it has no means to be heard */
    struct health *health;          /* NULL: no checks */
    struct setup *setup;            /* of the process that is to run it; NULL: none is under way */
    struct output *output;          /* NULL: its output is not nsinit's affair */
    struct lent *lent;              /* its namespaces that others enter; owned, or NULL */
    struct successor *successor; /* to its main process; owned, or NULL: see service/main_pid.h */
    struct persistent_ns
        *persistent;     /* those it keeps by TYPE=PATH, over its runs; owned, or NULL */
    int *veth_indexes;   /* the outer ends of its --veth; owned, or NULL: it has none */
    int64_t ran_ms;      /* how long the last run was; negative: it could not be started */
    uint64_t started_ms; /* this and the next on the monotonic clock */
    uint64_t since_ms;   /* its state */
    struct guard guard;  /* of a program that is PID 1 of its namespace */
    struct backoff restarts;
    struct stop_walk steps; /* of stopping it */
    struct timer timer;     /* until it must be ready, or is to be restarted */
    struct cleanup remains; /* of what a run has left behind */
};

/* What the owner of the loop does for it. */
struct supervisor_hooks {
    /* Before a start: the terminal of whose foreground it becomes, in `context`. 0, or -1 with
     * `error` filled in. */
    int (*give_terminal)(struct supervised *supervised, struct spawn_context *context,
                         struct error *error);
    /* It runs; `channel_fd` leads to its inner init, or is -1. */
    void (*on_start)(struct supervised *supervised, int channel_fd);
    /* A run has ended; whether it was ended at the terminal, and so is not to be followed by
     * another one. */
    bool (*on_end)(struct supervised *supervised, int wait_status);
    /* All services have ended for good; supervisor->exit_code is the pod's. */
    void (*on_all_ended)(void *owner);
    /* Something has happened, to be told; a service's state is another, or its program. */
    void (*on_occurrence)(void *owner, const struct event *event);
    void (*on_change)(void *owner, const struct supervised *supervised);
    /* The machine's end is asked for. False: it is not ours to end. */
    bool (*on_power)(void *owner, enum power power);
    /* In the new process: be the service's inner init, or without a service the sandbox's. Does
     * not return. */
    void (*become_inner)(void *owner, const struct service *service,
                         const struct spawning *spawning);
    /* What has to be there for the pod could not be started: end it with that error. */
    void (*on_start_failed)(void *owner, const struct error *error);
};

/* startup.c: who is to start, and who has ended. */
struct startup {
    bool is_ending;  /* all are to stop */
    bool is_asked;   /* by a request */
    bool is_settled; /* the exit code is */
    bool is_over;
    size_t pending;
    size_t active;
    size_t up;
    struct ev_timer turn; /* to look who may start */
};

static inline const struct supervision *plan_of(const struct supervised *supervised)
{
    return &supervised->service->supervision;
}

static inline const char *name_of(const struct supervised *supervised)
{
    return supervised->service->name;
}

struct supervisor {
    struct ev_loop *loop;
    const struct pod *pod;
    const struct supervisor_hooks *hooks;
    void *owner;
    struct supervised *services; /* one for each of the pod's, in its order; never none */
    size_t count;
    bool is_inner;      /* PID 1 of a service's own namespace, under another nsinit */
    bool is_first;      /* PID 1 */
    bool adopts;        /* PID 1 or a subreaper: orphans become our children */
    bool has_told_lost; /* that an orphan went to another reaper */
    bool has_shared;
    pid_t sandbox_pid; /* PID 1 of the pod's PID namespace; 0: none */
    int sandbox_link;
    struct setup *sandbox_setup;
    int exit_code;
    /* Children that are nobody's remains: it was executed with them, or runs them by request. */
    struct pid_list foreign_children;
    struct startup launch;
    struct children children;
    struct setup *setups; /* that are under way */
    pid_t killed_group;   /* of the last helper that was killed, or 0 */
    struct setup first_setup;
    unsigned int setup_round;
    struct notify_relay relay;    /* to nsinit's own supervisor */
    struct manager manager;       /* what it is told of nsinit itself */
    struct nsfds shared;          /* by all services of the pod */
    int *veth_indexes;            /* those of the pod's own --veth; NULL: it has none */
    struct spawn_context context; /* what every process gets */
};

/*
 * Get ready for the pod's services, in `services` (as many as it has, one at least, all zero). The
 * other fields are filled in already. 0, or -1 with `error` filled in.
 */
int supervise_init(struct supervisor *supervisor, struct supervised *services, struct error *error);

/*
 * Start all, as far as that can be done at once: the loop does the rest. A single service that is
 * not a pod file's, and what the services of a pod share, must start: else hooks->on_start_failed
 * is called, perhaps before this returns.
 */
void supervise_start(struct supervisor *supervisor);

/* Whether a process is on its way to its program. */
bool supervise_sets_up(const struct supervisor *supervisor);

/*
 * All are to stop; asked once more: on to the next step. Where a single service has no stop
 * schedule, the caller forwards the signal itself.
 */
void supervise_stop(struct supervisor *supervisor);

/* A child has ended: whether it was of concern to anybody, who has taken notice. */
bool supervise_on_child(struct supervisor *supervisor, pid_t pid, int wait_status);

/* All children that have ended are reaped; whether any child is left. */
void supervise_on_reap(struct supervisor *supervisor, bool children_left);

/* The service that runs as `pid`, or NULL. */
struct supervised *supervise_by_pid(struct supervisor *supervisor, pid_t pid);

/* Whether nothing but signals is waited for, where there is one service at most. */
bool supervise_is_quiet(const struct supervisor *supervisor);

/*
 * Whether something is to be executed later, a restart or a health check, which is to find the
 * files and the working directory that nsinit was started with.
 */
bool supervise_keeps_files(const struct supervisor *supervisor);

/* The files that are nsinit's own as the only service has been started, in `fds`: how many, at most
 * SUPERVISOR_FILES. What is not open is 0 or -1 there. */
enum { SUPERVISOR_FILES = 13 };
size_t supervise_own_files(const struct supervisor *supervisor, int *fds);

/* nsinit is about to end: pass on the services' last output. */
void supervise_end(struct supervisor *supervisor);

/* For the files of this room: an event, and what the service has told of itself. */
void supervise_event(struct supervised *supervised, enum service_event event);

/* Relay lines upwards, if it speaks for all; startup.c does for a pod of several. */
void supervise_relay(struct supervised *supervised, const char *lines);

/* Its program could not be executed. */
void supervise_on_start_failed(struct supervised *supervised, const struct error *error);

/* The program has ended: for children_add. */
child_ended supervise_on_program_end;

/* `files` came along, which stay the caller's. */
void supervise_on_notice(struct supervised *supervised, const struct notify_message *notice,
                         const struct relayed_files *files);

#endif
