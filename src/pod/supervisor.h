/*
 * supervisor.h - services in operation: started, watched, restarted, stopped
 * Each service has its own life (the room service); this room says which of them starts and stops
 * when, and holds the namespaces that they share.
 */
#ifndef NSINIT_POD_SUPERVISOR_H
#define NSINIT_POD_SUPERVISOR_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "pod/manager_private.h"
#include "service/service.h"

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
    void (*on_event)(void *owner, const struct event *event);
    void (*on_change)(void *owner, const struct supervised *supervised);
    /* The machine's end is asked for. False: it is not ours to end. */
    bool (*on_power)(void *owner, enum power power);
    /* In the new process: be the service's inner init, or without a service the holder's. Does
     * not return. */
    void (*become_inner)(void *owner, const struct service *service,
                         const struct spawning *spawning);
    /* What has to be there for the pod could not be started: end it with that error. */
    void (*on_start_failed)(void *owner, const struct error *error);
};

/* startup.c: who is to start, and who has ended. */
struct startup {
    bool is_requested; /* by a request */
    bool is_settled;   /* the exit code is */
    bool is_over;
    size_t pending;
    size_t active;
    size_t up;
    struct ev_timer turn; /* to look who may start */
};

struct supervisor {
    struct service_common common; /* what its services know of it */
    const struct supervisor_hooks *hooks;
    void *owner;
    int exit_code;
    int holder_channel; /* to the holder of the shared namespaces, while that lives */
    struct setup *holder_setup;
    struct startup startup;
    struct manager manager; /* what nsinit's own supervisor is told of nsinit itself */
    struct nsfds shared;    /* by all services of the pod */
    int *veth_indexes;      /* those of the pod's own --veth; NULL: it has none */
};

/* The one that the service belongs to. */
static inline struct supervisor *supervisor_for(const struct supervised *supervised)
{
    return supervised->common->supervisor;
}

/*
 * Get ready for the pod's services, in `services` (as many as it has, one at least, all zero). The
 * other fields are filled in already: of `common` the loop, the pod, the context and the flags. 0,
 * or -1 with `error` filled in.
 */
int supervisor_init(struct supervisor *supervisor, struct supervised *services,
                    struct error *error);

/*
 * Start all, as far as that can be done at once: the loop does the rest. A single service that is
 * not a pod file's, and what the services of a pod share, must start: else hooks->on_start_failed
 * is called, perhaps before this returns.
 */
void supervisor_start(struct supervisor *supervisor);

/* Whether a process is on its way to its program. */
bool supervisor_has_setups(const struct supervisor *supervisor);

/*
 * All are to stop; asked once more: on to the next step. Where a single service has no stop
 * schedule, the caller forwards the signal itself.
 */
void supervisor_stop(struct supervisor *supervisor);

/* A child has ended: whether it was of concern to anybody, who has taken notice. */
bool supervisor_on_child(struct supervisor *supervisor, pid_t pid, int wait_status);

/* All children that have ended are reaped; whether any child is left. */
void supervisor_on_reap(struct supervisor *supervisor, bool children_left);

/* The service that runs as `pid`, or NULL. */
struct supervised *supervisor_by_pid(struct supervisor *supervisor, pid_t pid);

/* Whether nothing but signals is waited for, where there is one service at most. */
bool supervisor_is_quiet(const struct supervisor *supervisor);

/*
 * Whether something is to be executed later, a restart or a health check, which is to find the
 * files and the working directory that nsinit was started with.
 */
bool supervisor_keeps_inherited_fds(const struct supervisor *supervisor);

/* nsinit is about to end: pass on the services' last output. */
void supervisor_end(struct supervisor *supervisor);

#endif
