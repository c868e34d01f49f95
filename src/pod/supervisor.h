/*
 * supervisor.h - all services of one nsinit
 * The room service runs each service by itself. This room decides which of them starts and stops
 * when, holds the namespaces that they share, and passes their events on to the owner of the loop.
 */
#ifndef NSINIT_POD_SUPERVISOR_H
#define NSINIT_POD_SUPERVISOR_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "pod/manager_private.h"
#include "service/supervised.h"

/* The supervisor's calls to the owner of the loop. */
struct supervisor_hooks {
    /*
     * Before a start: fill in the terminal on which the service becomes the foreground. Returns 0,
     * or -1 with `error` filled in.
     */
    int (*give_terminal)(struct supervised *supervised, struct spawn_context *context,
                         struct error *error);
    /* A service runs; `channel_fd` leads to its inner init, or is -1. */
    void (*on_start)(struct supervised *supervised, int channel_fd);
    /*
     * A run has ended. Returns whether the user ended it at the terminal: then no other run
     * follows.
     */
    bool (*on_end)(struct supervised *supervised, int wait_status);
    /* All services have ended for good, with supervisor->exit_code for the pod. */
    void (*on_all_ended)(void *owner);
    /* An event to be reported; a service's state or its main process may have changed. */
    void (*on_event)(void *owner, const struct event *event);
    void (*on_change)(void *owner, const struct supervised *supervised);
    /* Shut the machine down. False if nsinit is not its PID 1. */
    bool (*on_power)(void *owner, enum power power);
    /*
     * In the new process: become the inner init of the service or, if it is NULL, of the holder of
     * the shared namespaces. Does not return.
     */
    void (*become_inner)(void *owner, const struct service *service,
                         const struct spawning *spawning);
    /* The only service, or the shared namespaces, could not be started: end with that error. */
    void (*on_start_failed)(void *owner, const struct error *error);
};

/* The state of startup.c. */
struct startup {
    bool is_requested;    /* a request has stopped the pod */
    bool is_settled;      /* the exit code is final */
    bool is_over;         /* all services have ended for good */
    size_t pending;       /* services that wait for their start */
    size_t active;        /* services that are not down */
    size_t up;            /* services that have been up */
    struct ev_timer turn; /* for the next look which services may start */
};

struct supervisor {
    struct service_common common;
    const struct supervisor_hooks *hooks;
    void *owner;
    int exit_code;
    int holder_channel; /* to the holder of the shared namespaces, while that lives */
    struct setup *holder_setup;
    struct startup startup;
    struct manager manager;          /* reports nsinit itself to its own manager */
    struct nsfds shared;             /* the namespaces that all services of the pod share */
    struct root_files root_files;    /* made for the pod's own root */
    struct net_devices *net_devices; /* of the pod itself; NULL: it has none */
    struct pasta pasta;              /* connects the pod's own network */
};

/* The supervisor of a service. */
static inline struct supervisor *supervisor_for(const struct supervised *supervised)
{
    return supervised->common->supervisor;
}

/*
 * Prepare the pod's services in `services`: as many as the pod has, at least one, all zero. The
 * caller has filled in hooks and owner, and of `common` the loop, the pod, the context and the
 * flags. 0, or -1 with `error` filled in.
 */
int supervisor_init(struct supervisor *supervisor, struct supervised *services,
                    struct error *error);

/*
 * Begin to start all services; the loop does the rest. If the command line's only service or the
 * shared namespaces cannot be started, hooks->on_start_failed is called, perhaps before this
 * returns.
 */
void supervisor_start(struct supervisor *supervisor);

/* Whether a process is being set up that does not run its program yet. */
bool supervisor_has_setups(const struct supervisor *supervisor);

/*
 * Stop all services. A second call skips to the next step of each stop schedule. The caller
 * forwards the signal itself to a single service without a schedule.
 */
void supervisor_stop(struct supervisor *supervisor);

/* A child has ended. True if it was a known child; then its owner has been called. */
bool supervisor_on_child(struct supervisor *supervisor, pid_t pid, int wait_status);

/* All children that have ended are reaped; `children_left`: nsinit has others. */
void supervisor_on_reap(struct supervisor *supervisor, bool children_left);

/* The service that runs as `pid`, or NULL. */
struct supervised *supervisor_by_pid(struct supervisor *supervisor, pid_t pid);

/* Whether nsinit, with at most one service, waits for nothing but signals. */
bool supervisor_is_quiet(const struct supervisor *supervisor);

/*
 * Whether a later execution (a restart, a health check) needs the descriptors and the working
 * directory that nsinit was started with.
 */
bool supervisor_keeps_inherited_fds(const struct supervisor *supervisor);

/* nsinit is about to end: pass on the services' last output, and remove their network devices. */
void supervisor_end(struct supervisor *supervisor);

#endif
