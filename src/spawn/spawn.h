/*
 * spawn.h - a service becomes a running process
 * nsinit never waits for a process that it sets up: it makes the process, and hears over a link how
 * the setup goes on. Only a program that nothing hostile can slow down is waited for: see
 * may_block.
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
    bool
        stdio_belongs_to_client; /* they are somebody else's: their owner stays, but a terminal's */
    bool stdin_is_null;          /* stdin is the machine's /dev/null, whose owner stays */
    bool has_pty;                /* the terminal is one of its own, in a session of its own */
    const char *default_variable; /* NAME=VALUE for its environment, if it has no NAME; or NULL */
    bool makes_notify_socket;
    bool unsets_notify_socket; /* nsinit's own NOTIFY_SOCKET is not for it */
    bool unsets_watchdog;      /* nor is the watchdog of nsinit's manager, which nsinit feeds */
    struct notify_name notify_name;
    uint64_t watchdog_usec;         /* 0: none */
    const struct nsfds *ns_to_join; /* namespaces to be in, or NULL; the caller's */
    struct persistent_ns
        *persistent;   /* by TYPE=PATH, over the runs of the service; or NULL: it has one */
    int *veth_indexes; /* of its --veth, over the runs of the service: see net/veth.h; or NULL: none
                        */
    ns_set ns_fds_wanted;         /* those of its namespaces that nsinit is to get open */
    bool holds_shared_namespaces; /* it runs no program: the outcome is SPAWN_IN_CHILD in it, as in
                                     an inner init */
    bool is_exec;                 /* a command in the namespaces of a service that runs */
    bool replaces_terminal;       /* a visit's terminal becomes one of the service's own devpts */
    bool may_block; /* nsinit may wait until the program is executed, as vfork(2) does */
};

/* The context that asks for nothing. */
struct spawn_context spawn_context_plain(const struct inherited *inherited);

enum spawn_outcome {
    SPAWN_FAILED,   /* `error` tells why, and nothing is left */
    SPAWN_STARTED,  /* the program has been executed */
    SPAWN_IN_CHILD, /* this is the new process, an inner init or a sandbox: all but a program */
    SPAWN_PENDING   /* the link or the helper will tell more */
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
    bool uses_stage;           /* another process makes it, and ends */
    bool has_other_namespaces; /* it lives in namespaces other than nsinit's */
    bool receives_sources; /* another process opens the sources of its mounts: mount/sources.h */
    bool in_other_user_ns; /* it lives in a user namespace other than nsinit's */
    pid_t pid;             /* the process; 0: not known yet */
    bool has_ended;        /* it has, and was waited for */
    bool has_veths;        /* its --veth is there */
    pid_t program;         /* the inner init's child, or the process itself; 0: not executed yet */
    pid_t reaped;          /* a child that has just been waited for, in no known role yet; or 0 */
    pid_t helper;          /* whose end is awaited; 0: none */
    int helper_fd;         /* what the helper that maps ids tells, or -1 */
    int channel_fd;        /* to be watched for reading, or -1. Kept open for an inner init */
    struct guard guard;    /* of a program that is PID 1 */
    int notify_fd;         /* where the program notifies, or -1 */
    int terminal_fd; /* the controlling side of the terminal that replaced the visit's, or -1 */
    int root_fd;     /* of the process that gets sources, or -1 */
    struct persistent_ns *persistent;    /* the context's, or the next */
    struct persistent_ns own_persistent; /* by this start alone */
    struct notify_name notify_name;
    struct nsfds join_fds;
    struct nsfds ns_fds; /* as the context's `shows` asks for; -1: not there */
};

/* Whether spawn_begin waits until the program is executed: then it is never SPAWN_PENDING. */
bool spawn_blocks(const struct service *service, const struct spawn_context *context);

/* Start. */
enum spawn_outcome spawn_begin(struct spawning *spawning);

/* The link can be read. */
enum spawn_outcome spawn_on_message(struct spawning *spawning);

/* The helper has ended. */
enum spawn_outcome spawn_on_helper_end(struct spawning *spawning, int wait_status);

/* The process has ended before its program was known to run. */
enum spawn_outcome spawn_on_process_end(struct spawning *spawning);

/* Give up: kill what has not ended, undo what was done from outside, close all. */
void spawn_abandon(struct spawning *spawning);

/* Close what is open still. Descriptors that were taken out of it are to be -1 there. */
void spawn_release(struct spawning *spawning);

#endif
