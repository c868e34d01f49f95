/*
 * supervised.h - one service in operation, and its interface to the pod
 * This room does not know the pod: a service reaches its pod through one struct of hooks.
 */
#ifndef NSINIT_SERVICE_SUPERVISED_H
#define NSINIT_SERVICE_SUPERVISED_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "linux/process_list.h"
#include "mount/root_files.h"
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

/* The channels by which a service reports to nsinit. */
struct listening {
    bool has_warned;      /* about an ignored message, in this run */
    int killed_by;        /* the signal that has killed the program of an inner init, or 0 */
    uint32_t watchdog_ms; /* the plan's, or the service's WATCHDOG_USEC; 0: none */
    unsigned int closers; /* processes that close files of its messages */
    struct timer watchdog;
    struct ev_io notify; /* the socket for its messages */
    struct notify_name notify_name;
    struct timer notify_pause; /* active while a flood of foreign messages pauses `notify` */
    struct ev_io channel;      /* to its inner init: init/inner_watch.c */
    struct ev_io ready;        /* the other end of its ready_fd */
    int parent_ready_fd;       /* a ready_fd that nsinit's parent reads, or -1 */
};

/* RELOADING=1 and STOPPING=1 of sd_notify(3). */
enum claim { CLAIMS_NOTHING, CLAIMS_RELOADING, CLAIMS_STOPPING };

/* The pod's notes on a service: pod/startup.c. */
struct pod_member {
    bool is_up;                     /* it has been ready, or is done: dependents may start */
    bool is_pending;                /* it waits for its start */
    bool skips_order;               /* a request starts it without waiting for other services */
    bool counts_as_ready;           /* for pod/manager.c */
    bool has_leftovers;             /* it is down, but its leftovers will be stopped in its turn */
    bool stops_leftovers;           /* its leftovers are being stopped, as the pod ends */
    unsigned int active_dependents; /* services that wait for it and have not ended */
    struct lent *lent;              /* its namespaces that others join; owned, or NULL */
};

/* A service in operation. */
struct supervised {
    const struct service *service;
    struct service_common *common;
    /* Events for machine.c, from the files of this room that it calls. */
    const struct machine_callbacks *machine;
    enum service_state state;
    pid_t pid;      /* 0: not running */
    pid_t program;  /* the PID to show: pid, its successor, or the inner init's child */
    pid_t group;    /* its process group, kept after its end; 0: nsinit's own */
    int stopped_by; /* the signal that has stopped it; 0: it is not stopped */
    int exit_code;  /* of the last run */
    bool failed;    /* this run is being stopped for a failure */
    bool is_ready;
    enum claim claim;            /* in this run */
    bool has_begun;              /* it has been started */
    bool is_acting;              /* an event is being handled; the next one waits */
    bool has_ended;              /* a run has ended, so that exit_code is valid */
    bool is_kept_down;           /* by request: its end does not end the pod */
    bool starts_again;           /* by request: start it when it has ended */
    int next_event;              /* raised by an action, or -1 */
    struct pod_member member;    /* for the pod */
    struct listening *listening; /* NULL: it has no channel */
    struct health *health;       /* NULL: no health checks */
    struct setup *setup;         /* of its next process, or NULL */
    struct output *output;       /* NULL: its output does not pass through nsinit */
    struct successor *successor; /* of its main process; owned, or NULL */
    struct persistent_ns
        *persistent; /* the namespaces kept by TYPE=PATH, over its runs; owned, or NULL */
    struct root_files root_files;    /* made for its root, over its runs */
    struct net_devices *net_devices; /* of --veth and --netdev; owned, or NULL */
    struct pasta pasta;              /* connects its network */
    int64_t ran_ms;                  /* the length of the last run; negative: the start failed */
    uint64_t started_ms;             /* by the monotonic clock, as since_ms */
    uint64_t since_ms;               /* the time of the last change of its state */
    struct guard guard;              /* of a program that is PID 1 of its namespace */
    struct backoff backoff;
    struct stop_walk stop_walk; /* the stop of its program */
    struct timer timer;         /* the readiness timeout, or the delay of a restart */
    struct cleanup cleanup;     /* the stop of a run's leftovers */
};

struct machine_callbacks {
    void (*on_event)(struct supervised *supervised, enum service_event event);
    child_ended *on_program_end; /* for children_add */
};

/* The service's calls to its pod. */
struct service_hooks {
    /*
     * Before a start: the namespaces that the service joins and the pod holds, in `held` (-1: it
     * holds none). The files stay the pod's. 0, or -1 with `error` filled in.
     */
    int (*namespaces_for)(const struct supervised *supervised, struct nsfds *held,
                          struct error *error);
    /* The types that the start creates, and the types to open for nsinit. */
    ns_set (*namespaces_to_make)(const struct supervised *supervised);
    ns_set (*namespaces_to_open)(const struct supervised *supervised);
    /*
     * After a start: take the namespaces that the pod holds out of `opened`. After the run: close
     * them.
     */
    void (*hold_namespaces)(struct supervised *supervised, struct nsfds *opened);
    void (*release_namespaces)(struct supervised *supervised);
    /* All namespaces of the running service that the pod holds, as namespaces_for does. */
    int (*namespaces_of)(const struct supervised *supervised, struct nsfds *held,
                         struct error *error);

    /*
     * Before a start: fill in the terminal on which the service becomes the foreground. Returns 0,
     * or -1 with `error` filled in.
     */
    int (*give_terminal)(struct supervised *supervised, struct spawn_context *context,
                         struct error *error);
    /* In the new process: be the service's inner init. Does not return. */
    void (*become_inner)(struct supervised *supervised, const struct spawning *spawning);
    /* The service runs; `channel_fd` leads to its inner init, or is -1. */
    void (*on_start)(struct supervised *supervised, int channel_fd);
    /* The command line's only service could not be started for the first time. */
    void (*on_start_failed)(struct supervised *supervised, const struct error *error);
    /*
     * A run has ended. Returns whether the user ended it at the terminal: then no other run
     * follows.
     */
    bool (*on_end)(struct supervised *supervised, int wait_status);

    /* The service is ready for the first time in a run; it is not down any more, or down again; it
     * has ended for good. */
    void (*on_up)(struct supervised *supervised);
    void (*on_active)(struct supervised *supervised, bool is_active);
    void (*on_down)(struct supervised *supervised);
    /* The state or the program may have changed. */
    void (*on_change)(struct supervised *supervised);
    void (*on_event)(const struct event *event);
};

/* Shared by all services of one nsinit. The pod's supervisor embeds it. */
struct service_common {
    struct ev_loop *loop;
    const struct pod *pod;
    const struct service_hooks *hooks;
    void *supervisor;            /* for the hooks: the pod's */
    struct supervised *services; /* in the order of the pod; at least one, which may be all zero */
    size_t count;
    bool is_inner;        /* nsinit is PID 1 of a service's own namespace, under another nsinit */
    bool is_pid_1;        /* nsinit is PID 1 */
    bool adopts_orphans;  /* nsinit is PID 1 or a subreaper: orphans become its children */
    bool is_ending;       /* all services are to stop */
    bool has_warned_lost; /* about an orphan that another init adopts */
    bool has_shared_namespaces; /* the pod has namespaces that all services share */
    pid_t holder_pid;           /* PID 1 of the PID namespace that all services share; 0: none */
    struct pid_list foreign_children; /* children that are not leftovers of any service */
    struct children children;
    struct setups setups;
    struct notify_relay relay;        /* to nsinit's own manager */
    struct spawn_context context;     /* for every new process */
    struct listening first_listening; /* the first service's: a single one needs no heap */
};

static inline const struct supervision *plan_of(const struct supervised *supervised)
{
    return &supervised->service->supervision;
}

static inline const char *name_of(const struct supervised *supervised)
{
    return supervised->service->name;
}

/* Report an event of the service to the pod. */
static inline void event_emit(const struct supervised *supervised, enum event_kind kind,
                              const char *text, int64_t number)
{
    supervised->common->hooks->on_event(&(struct event){kind, supervised, text, number, 0});
}

/* Prepare a service; `supervised` is all zero. 0, or -1 with `error` filled in. */
int supervised_init(struct supervised *supervised, struct service_common *common,
                    const struct service *service, struct error *error);

/* Whether the service may send messages that concern nsinit's own manager. */
bool supervised_may_notify(const struct service *service);

/* Whether nsinit only waits for the service's end. */
bool supervised_is_quiet(const struct supervised *supervised);

/* nsinit is about to end: pass on the service's last output. */
void supervised_end_output(struct supervised *supervised);

/* nsinit is about to end: remove the service's network devices or, if a process may be left that
 * uses them, wait until the kernel has deleted them. */
void supervised_disconnect(struct supervised *supervised, bool leaves_nothing);

#endif
