/*
 * spawn.h - a service becomes a running process
 * nsinit never waits for a process that it sets up: it makes the process, and hears over a link how
 * the setup goes on. Only a program that nothing hostile can slow down is waited for: see may_wait.
 */
#ifndef NSINIT_SPAWN_SPAWN_H
#define NSINIT_SPAWN_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/pod.h"
#include "visit/guard.h"
#include "spawn/inherited.h"
#include "mount/persistent_namespaces.h"
#include "spawn/notify_socket_private.h"
#include "util/error.h"
#include "visit/ns_join.h"

/* What a new process gets besides its service's plan. */
struct spawn_context {
    const struct inherited *inherited;
    int loop_fd; /* the epoll of nsinit's loop, or -1: see leave_nsinit */
    enum placement placement;
    int terminal_fd;         /* the controlling terminal of its session, or -1 */
    bool takes_foreground;   /* it becomes the foreground of that */
    int parent_death_signal; /* for the program itself, or 0 */
    int ready_fd;            /* what becomes the service's ready_fd, or -1 */
    int stdio[3];            /* what becomes its stdin, stdout and stderr, or -1 */
    bool stdio_is_lent;      /* they are somebody else's: their owner stays, but a terminal's */
    bool stdin_is_null;      /* stdin is the machine's /dev/null, whose owner stays */
    bool has_pty;            /* the terminal is one of its own, in a session of its own */
    const char *default_variable; /* NAME=VALUE for its environment, if it has no NAME; or NULL */
    bool makes_notify_socket;
    bool hides_notify_socket; /* nsinit's own NOTIFY_SOCKET is not for it */
    bool hides_watchdog;      /* nor is the watchdog of nsinit's manager, which nsinit feeds */
    struct notify_name notify_name;
    uint64_t watchdog_usec;    /* 0: none */
    const struct nsfds *given; /* namespaces to be in, or NULL; the caller's */
    struct kept_names *kept;   /* by TYPE=PATH, over the runs of the service; or NULL: it has one */
    int *veth_ends; /* of its --veth, over the runs of the service: see net/veth.h; or NULL: none */
    ns_set shows;   /* those of its namespaces that nsinit is to get open */
    bool
        is_sandbox; /* it runs no program: the outcome is SPAWN_INSIDE in it, as in an inner init */
    bool is_visit;  /* a command in the namespaces of a service that runs */
    bool replaces_terminal; /* a visit's terminal becomes one of the service's own devpts */
    bool may_wait;          /* nsinit may wait until the program is executed, as vfork(2) does */
};

/* The context that asks for nothing. */
struct spawn_context spawn_context_plain(const struct inherited *inherited);

enum spawn_outcome {
    SPAWN_FAILED,  /* `error` tells why, and nothing is left */
    SPAWN_STARTED, /* the program has been executed */
    SPAWN_INSIDE,  /* this is the new process, an inner init or a sandbox: all but a program */
    SPAWN_PENDING  /* the link or the helper will tell more */
};

/* What the setup waits for. */
enum spawn_step {
    SPAWN_CREATING,  /* for the namespaces */
    SPAWN_MAPPING,   /* for the helper that writes the id maps */
    SPAWN_HOOK,      /* for --hook-created */
    SPAWN_OPENING,   /* for the helper that opens the sources of its mounts */
    SPAWN_NOTIFYING, /* for the socket that the service notifies by */
    SPAWN_EXECUTING  /* for the program */
};

/* A child of nsinit's that takes part in the setup. */
enum spawn_child {
    SPAWN_PROCESS, /* what becomes the program or its inner init */
    SPAWN_STAGE,   /* makes it, and ends */
    SPAWN_HELPER   /* spawn_on_helper_end is to be told of its end */
};

/*
 * A process on its way to its program. The caller fills in the service, the context and how it
 * learns of children, by designated initialisers; the descriptors of the context stay the caller's
 * and must be open until spawn_begin returns.
 */
struct spawning {
    struct service service;
    struct spawn_context context;
    /*
     * nsinit has another child to wait for. False when it is known already in another role: then
     * the process that spoke of it is not to be believed.
     */
    bool (*on_child)(void *owner, enum spawn_child role, pid_t pid);
    void *owner;

    struct error error;
    enum spawn_step step;
    bool by_stage;      /* another process makes it, and ends */
    bool is_isolated;   /* it lives in namespaces other than nsinit's */
    bool gets_sources;  /* another process opens the sources of its mounts: mount/sources.h */
    bool another_user;  /* it lives in a user namespace other than nsinit's */
    pid_t pid;          /* the process; 0: not known yet */
    bool has_ended;     /* it has, and was waited for */
    bool is_connected;  /* its --veth is there */
    pid_t program;      /* the inner init's child, or the process itself; 0: not executed yet */
    pid_t reaped;       /* a child that has just been waited for, in no known role yet; or 0 */
    pid_t helper;       /* whose end is awaited; 0: none */
    int helper_fd;      /* what the helper that maps ids tells, or -1 */
    int link_fd;        /* to be watched for reading, or -1. Kept open for an inner init */
    struct guard guard; /* of a program that is PID 1 */
    int notify_fd;      /* where the program notifies, or -1 */
    int terminal_fd;    /* the controlling side of the terminal that replaced the visit's, or -1 */
    int root_fd;        /* of the process that gets sources, or -1 */
    struct kept_names *kept;      /* the context's, or the next */
    struct kept_names kept_by_it; /* by this start alone */
    struct notify_name notify_name;
    struct nsfds entered;
    struct nsfds shown; /* as the context's `shows` asks for; -1: not there */
};

/* Whether spawn_begin waits until the program is executed: then it is never SPAWN_PENDING. */
bool spawn_waits(const struct service *service, const struct spawn_context *context);

/* Start. */
enum spawn_outcome spawn_begin(struct spawning *spawning);

/* The link can be read. */
enum spawn_outcome spawn_hear(struct spawning *spawning);

/* The helper has ended. */
enum spawn_outcome spawn_on_helper_end(struct spawning *spawning, int wait_status);

/* The process has ended before its program was known to run. */
enum spawn_outcome spawn_on_process_end(struct spawning *spawning);

/* Give up: kill what has not ended, undo what was done from outside, close all. */
void spawn_abandon(struct spawning *spawning);

/* Close what is open still. Descriptors that were taken out of it are to be -1 there. */
void spawn_release(struct spawning *spawning);

#endif
