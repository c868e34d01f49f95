/*
 * service.h - one service's life: what is known of it, and what it asks of its pod
 * Nothing of this room knows the pod: a service reaches it through one struct of hooks.
 */
#ifndef NSINIT_SERVICE_SERVICE_H
#define NSINIT_SERVICE_SERVICE_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "linux/process_list.h"
#include "plan/pod.h"
#include "service/backoff_private.h"
#include "service/children.h"
#include "service/cleanup.h"
#include "service/event.h"
#include "service/notify_relay.h"
#include "service/setup.h"
#include "service/states.h"
#include "service/stop_private.h"
#include "spawn/spawn.h"
#include "util/error.h"
#include "util/loop.h"

/* What is heard of a service, where anything may be. */
struct listening {
    bool has_warned;      /* about an ignored message, in this run */
    int killed_by;        /* the signal that has killed the program below an inner init; or 0 */
    uint32_t watchdog_ms; /* as the service may have changed it; 0: none */
    unsigned int closers; /* processes that close files which it has sent */
    struct timer watchdog;
    struct ev_io notify; /* on the socket it notifies by */
    struct notify_name notify_name;
    struct timer notify_pause; /* active while that is not watched: others talk too much */
    struct ev_io channel;      /* to its inner init; its owner's */
    struct ev_io ready;        /* on the other end of its ready_fd */
    int parent_ready_fd;       /* where whoever executed nsinit awaits that it is ready, or -1 */
};

/* What a program says of itself by sd_notify(3), besides that it is ready. */
enum claim { CLAIMS_NOTHING, CLAIMS_RELOADING, CLAIMS_STOPPING };

/* What the pod notes of each of its services: pod/startup.c. */
struct pod_member {
    bool is_up;           /* it has been ready once, or done: who waits for it may start */
    bool is_pending;      /* it has not been started yet, and is to be */
    bool skips_order;     /* by request: it is started whoever is up */
    bool counts_as_ready; /* for manager.c */
    bool has_leftovers;   /* it is down, but what it left behind is to be stopped in its turn */
    bool stops_leftovers; /* the pod ends, and it had ended before */
    unsigned int active_dependents; /* how many of those that wait for it have not ended */
    struct lent *lent;              /* its namespaces that others enter; owned, or NULL */
};

/* A service and the process that runs it. */
struct supervised {
    const struct service *service;
    struct service_common *common;
    /* How the other files of this room, which it calls, reach machine.c. */
    const struct machine_callbacks *machine;
    enum service_state state;
    pid_t pid;      /* 0: not running */
    pid_t program;  /* the same, its heir, or the child of its inner init: who asks is told it */
    pid_t group;    /* its process group, also after its end; 0: nsinit's own */
    int stopped_by; /* the signal that stopped it, 0 when it is not stopped */
    int exit_code;  /* of the last run */
    bool failed;    /* this run is being ended for a failure */
    bool is_ready;
    enum claim claim;            /* in this run */
    bool has_begun;              /* it has been started once at least */
    bool is_acting;              /* on an event; the next one waits */
    bool has_ended;              /* once at least: its exit code is one */
    bool is_kept_down;           /* by request: its end is not the pod's affair */
    bool starts_again;           /* by request, when it has ended */
    int next_event;              /* that an action has led to, or -1 */
    struct pod_member member;    /* the pod's */
    struct listening *listening; /* NULL: it has no means to be heard */
    struct health *health;       /* NULL: no checks */
    struct setup *setup;         /* of the process that is to run it; NULL: none is under way */
    struct output *output;       /* NULL: its output is not nsinit's affair */
    struct successor *successor; /* to its main process; owned, or NULL: see main_pid.h */
    struct persistent_ns
        *persistent;     /* those it keeps by TYPE=PATH, over its runs; owned, or NULL */
    int *veth_indexes;   /* the outer ends of its --veth; owned, or NULL: it has none */
    int64_t ran_ms;      /* how long the last run was; negative: it could not be started */
    uint64_t started_ms; /* this and the next on the monotonic clock */
    uint64_t since_ms;   /* its state */
    struct guard guard;  /* of a program that is PID 1 of its namespace */
    struct backoff backoff;
    struct stop_walk stop_walk; /* of stopping it */
    struct timer timer;         /* until it must be ready, or is to be restarted */
    struct cleanup cleanup;     /* of what a run has left behind */
};

struct machine_callbacks {
    void (*on_event)(struct supervised *supervised, enum service_event event);
    child_ended *on_program_end; /* for children_add */
};

/* What a service asks of its pod, and what it tells the pod. */
struct service_hooks {
    /*
     * Before a start: the namespaces that the service joins and the pod holds, in `held` (-1: it
     * holds none). The files stay the pod's. 0, or -1 with `error` filled in.
     */
    int (*namespaces_for)(const struct supervised *supervised, struct nsfds *held,
                          struct error *error);
    /* The types that the start makes anew, and those that nsinit is to get open by it. */
    ns_set (*namespaces_to_make)(const struct supervised *supervised);
    ns_set (*namespaces_to_open)(const struct supervised *supervised);
    /* After a start: take what the pod is to hold out of `opened`. After the run: let go of it. */
    void (*hold_namespaces)(struct supervised *supervised, struct nsfds *opened);
    void (*release_namespaces)(struct supervised *supervised);
    /* All namespaces of the running service that the pod holds, as namespaces_for does. */
    int (*namespaces_of)(const struct supervised *supervised, struct nsfds *held,
                         struct error *error);

    /* Before a start: the terminal whose foreground the service becomes, in `context`. 0, or -1
     * with `error` filled in. */
    int (*give_terminal)(struct supervised *supervised, struct spawn_context *context,
                         struct error *error);
    /* In the new process: be the service's inner init. Does not return. */
    void (*become_inner)(struct supervised *supervised, const struct spawning *spawning);
    /* The service runs; `channel_fd` leads to its inner init, or is -1. */
    void (*on_start)(struct supervised *supervised, int channel_fd);
    /* The command line's only service could not be started for the first time. */
    void (*on_start_failed)(struct supervised *supervised, const struct error *error);
    /* A run has ended. Returns whether it was ended at the terminal, so that none follows. */
    bool (*on_end)(struct supervised *supervised, int wait_status);

    /* The service is ready for the first time in a run; it is not down any more, or down again; it
     * has ended for good. */
    void (*on_up)(struct supervised *supervised);
    void (*on_active)(struct supervised *supervised, bool is_active);
    void (*on_down)(struct supervised *supervised);
    /* The state may be another one, or the program. */
    void (*on_change)(struct supervised *supervised);
    void (*on_event)(const struct event *event);
};

/* What all services of one nsinit share; the pod's supervisor embeds it. */
struct service_common {
    struct ev_loop *loop;
    const struct pod *pod;
    const struct service_hooks *hooks;
    void *supervisor;            /* of the hooks */
    struct supervised *services; /* one for each of the pod's, in its order; never none */
    size_t count;
    bool is_inner;        /* nsinit is PID 1 of a service's own namespace, under another nsinit */
    bool is_pid_1;        /* nsinit is PID 1 */
    bool adopts_orphans;  /* nsinit is PID 1 or a subreaper: orphans become its children */
    bool is_ending;       /* all services are to stop */
    bool has_warned_lost; /* that an orphan went to another reaper */
    bool has_shared_namespaces; /* the pod has namespaces that all services share */
    pid_t holder_pid;           /* PID 1 of the PID namespace that all services share; 0: none */
    struct pid_list foreign_children; /* that no service has left behind */
    struct children children;
    struct setups setups;
    struct notify_relay relay;        /* to nsinit's own supervisor */
    struct spawn_context context;     /* what every process gets */
    struct listening first_listening; /* the first service's, to spare the heap: loop_arena.h */
};

static inline const struct supervision *plan_of(const struct supervised *supervised)
{
    return &supervised->service->supervision;
}

static inline const char *name_of(const struct supervised *supervised)
{
    return supervised->service->name;
}

/* Something has happened to the service: tell the pod. */
static inline void event_emit(const struct supervised *supervised, enum event_kind kind,
                              const char *text, int64_t number)
{
    supervised->common->hooks->on_event(&(struct event){kind, supervised, text, number, 0});
}

/* Get ready to run the service; `supervised` is all zero. 0, or -1 with `error` filled in. */
int supervised_init(struct supervised *supervised, struct service_common *common,
                    const struct service *service, struct error *error);

/* Whether something may be heard of the service that is of interest to nsinit's own supervisor. */
bool supervised_may_notify(const struct service *service);

/* Whether nothing is awaited of the service but signals and its end. */
bool supervised_is_quiet(const struct supervised *supervised);

/* nsinit is about to end: pass on the service's last output. */
void supervised_end_output(struct supervised *supervised);

/* nsinit is about to end: delete what connects the service to the network, which is no longer
 * needed, or wait until what needs it has ended. */
void supervised_disconnect(struct supervised *supervised, bool leaves_nothing);

#endif
