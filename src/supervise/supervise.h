/*
 * supervise.h - services in operation: started, watched, restarted, stopped
 * The table of states.h says what happens when; this room carries it out, and translates ends of
 * processes, timers and messages into its events.
 */
#ifndef NSINIT_SUPERVISE_SUPERVISE_H
#define NSINIT_SUPERVISE_SUPERVISE_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pod/pod.h"
#include "spawn/spawn.h"
#include "supervise/clearing.h"
#include "supervise/notice.h"
#include "supervise/processes.h"
#include "supervise/relay.h"
#include "supervise/restarts.h"
#include "supervise/states.h"
#include "supervise/steps.h"
#include "util/error.h"

/* A service and the process that runs it. */
struct supervised {
    const struct service *service;
    struct supervisor *supervisor;
    enum service_state state;
    pid_t pid;      /* 0: not running */
    pid_t group;    /* its process group, also after its end; 0: nsinit's own */
    int stopped_by; /* the signal that stopped it, 0 when it is not stopped */
    int exit_code;  /* of the last run */
    bool failed;    /* this run is being ended for a failure */
    bool is_ready;
    uint64_t started_ms; /* on the monotonic clock */
    int64_t ran_ms;      /* how long the last run was; negative: it could not be started */
    struct restarts restarts;
    struct steps steps;       /* of stopping it */
    struct clearing remains;  /* of what a run has left behind */
    struct schedule clean_by; /* the schedule for that */
    struct ev_timer timer;    /* until it must be ready, or is to be restarted */
    struct ev_timer watchdog;
    uint32_t watchdog_ms;   /* as the service may have changed it */
    struct ev_io ready;     /* on the other end of its ready_fd */
    struct ev_io notify;    /* on the socket it notifies by */
    bool notify_complained; /* about a message of somebody else's, in this run */
    struct health *health;  /* NULL: no checks */
    struct output *output;  /* NULL: its output is not nsinit's affair */
    struct ev_io link;      /* to its inner init, if it has one; its owner's */
};

/* What the owner of the loop does for it. */
struct supervisor_hooks {
    /* Before a start: the terminal of whose foreground it becomes, or -1. */
    int (*give_terminal)(void *owner);
    /* It runs; `link_fd` leads to its inner init, or is -1. */
    void (*on_start)(struct supervised *supervised, int link_fd);
    /* A run has ended; whether it had the terminal's foreground from nsinit. */
    bool (*on_end)(struct supervised *supervised);
    /* It has ended for good. */
    void (*on_retire)(struct supervised *supervised);
    /* In the new process: be the service's inner init. Does not return. */
    void (*become_inner)(struct supervised *supervised, const struct spawn_context *context,
                         const struct spawned *spawned);
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
    struct spawn_context context; /* what every process gets */
    bool is_inner;                /* PID 1 of a service's own namespace, under another nsinit */
    bool is_first;                /* PID 1 */
    bool adopts;                  /* PID 1 or a subreaper: orphans become our children */
    struct supervised *services;  /* one for each of the pod's, in its order */
    size_t count;
    struct pid_list strangers; /* children that nsinit was executed with */
    struct relay relay;        /* to nsinit's own supervisor */
    const struct supervisor_hooks *hooks;
    void *owner;
};

/*
 * Get ready for the pod's services, in `services` (as many as it has, all zero). The other fields
 * are filled in already. 0, or -1 with `error` filled in.
 */
int supervise_init(struct supervisor *supervisor, struct supervised *services, struct error *error);

/* Start a service for the first time: 0, or -1 with `error` filled in and nothing running. */
int supervise_start(struct supervised *supervised, struct error *error);

/* It is to stop. Where the service has no stop schedule, the caller forwards the signal itself. */
void supervise_stop(struct supervised *supervised);

/* A child has ended: whether it belonged to a service, which has taken notice. */
bool supervise_on_child(struct supervisor *supervisor, pid_t pid, int wait_status);

/* All children that have ended are reaped; whether any child is left. */
void supervise_on_reap(struct supervisor *supervisor, bool children_left);

/* The service that runs as `pid`, or NULL. */
struct supervised *supervise_by_pid(struct supervisor *supervisor, pid_t pid);

bool supervise_any_active(const struct supervisor *supervisor);

/* Whether nothing but signals is waited for. */
bool supervise_is_quiet(const struct supervisor *supervisor);

/*
 * Whether something is to be executed later, a restart or a health check, which is to find the
 * files and the working directory that nsinit was started with.
 */
bool supervise_keeps_files(const struct supervisor *supervisor);

/* The files that are nsinit's own, in `fds`: how many, for each service at most SUPERVISED_FILES,
 * and for all together. */
enum { SUPERVISED_FILES = 8, SUPERVISOR_FILES = 3 };
size_t supervise_shared_files(const struct supervisor *supervisor, int *fds);
size_t supervise_own_files(const struct supervised *supervised, int *fds);

/* nsinit is about to end: pass on the services' last output. */
void supervise_end(struct supervisor *supervisor);

/* For the files of this room: an event, and what the service has told of itself. */
void supervise_event(struct supervised *supervised, enum service_event event);
void supervise_on_notice(struct supervised *supervised, const struct notice *notice);

/* Milliseconds on the monotonic clock, which no step of the wall clock changes. */
uint64_t supervise_now_ms(void);

#endif
