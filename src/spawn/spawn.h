/*
 * spawn.h - a service becomes a running process
 * nsinit never waits for a process that it sets up: it creates the process, and the process reports
 * each step over a channel. nsinit waits only for a program that nothing hostile can slow down: see
 * may_block.
 */
#ifndef NSINIT_SPAWN_SPAWN_H
#define NSINIT_SPAWN_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "mount/persistent_namespaces.h"
#include "net/devices.h"
#include "net/pasta.h"
#include "plan/service_spec.h"
#include "spawn/inherited.h"
#include "spawn/notify_socket_private.h"
#include "util/error.h"
#include "visit/guard.h"
#include "visit/ns_join.h"

/* The context of a new process, besides its service's plan. */
struct spawn_context {
    const struct inherited *inherited;
    int loop_fd;    /* the epoll of nsinit's loop, or -1: the new process closes it first */
    bool may_block; /* nsinit may wait until the program is executed, as vfork(2) does */

    /* session and stdio */
    enum placement placement;
    int terminal_fd;              /* the controlling terminal of the session, or -1 */
    bool takes_foreground;        /* the process group becomes the terminal's foreground */
    bool has_pty;                 /* the terminal is new, in a new session */
    int stdio[3];                 /* become stdin, stdout and stderr; -1: nsinit's */
    bool stdio_belongs_to_client; /* stdio keeps its owner; only a terminal is chowned */
    bool stdin_is_null;           /* stdin is the machine's /dev/null, which keeps its owner */
    int ready_fd;                 /* becomes the service's ready_fd; -1: none */
    int parent_death_signal;      /* for the program itself, or 0 */

    /* environment */
    const char *default_variable; /* NAME=VALUE, set if the environment has no NAME; or NULL */
    bool makes_notify_socket;
    bool unsets_notify_socket; /* the program does not get nsinit's own NOTIFY_SOCKET */
    bool unsets_watchdog;      /* the program does not get nsinit's own WATCHDOG_USEC */
    struct notify_name notify_name;
    uint64_t watchdog_usec; /* 0: none */

    /* namespaces */
    const struct nsfds *ns_to_join;   /* besides those that the plan names; the caller's, or NULL */
    ns_set ns_fds_wanted;             /* the types to open for nsinit */
    struct persistent_ns *persistent; /* by TYPE=PATH, over the runs; NULL: one run only */
    struct net_devices *net_devices;  /* over the runs; NULL: the plan has none */
    bool holds_shared_namespaces;     /* runs no program: the outcome is SPAWN_IN_CHILD */
    bool is_exec;                     /* a command in the namespaces of a running service */
    bool replaces_terminal; /* the terminal of is_exec is replaced by one of the service's devpts */
};

/* A context that requests nothing. */
struct spawn_context spawn_context_plain(const struct inherited *inherited);

enum spawn_outcome {
    SPAWN_FAILED,   /* `error` says why; nothing is left */
    SPAWN_STARTED,  /* the program has been executed */
    SPAWN_IN_CHILD, /* the caller is the new process: an inner init, or holds_shared_namespaces */
    SPAWN_PENDING   /* the channel or the helper will report more */
};

/* The step that the setup waits for. */
enum spawn_step {
    SPAWN_CREATING,   /* the process creates its namespaces */
    SPAWN_MAPPING,    /* a helper writes the ID maps */
    SPAWN_CONNECTING, /* a helper waits until pasta has connected the network */
    SPAWN_HOOK,       /* --hook-created runs */
    SPAWN_OPENING,    /* a helper opens the sources of the mounts */
    SPAWN_NOTIFYING,  /* the process opens the service's notify socket */
    SPAWN_EXECUTING   /* the process executes the program */
};

/* The role of a child of nsinit in a setup. */
enum spawn_child {
    SPAWN_PROCESS, /* becomes the program or its inner init */
    SPAWN_STAGE,   /* creates the process, and ends */
    SPAWN_HELPER   /* its end is reported to spawn_on_helper_end */
};

/*
 * A process on the way to its program. The caller fills in the service, the context, on_child and
 * owner by designated initialisers. The context's descriptors belong to the caller, who keeps them
 * open until spawn_begin returns.
 */
struct spawning {
    struct service service;
    struct spawn_context context;
    /*
     * nsinit has another child. Returns false when that PID is known in another role: then the
     * process that reported it lies.
     */
    bool (*on_child)(void *owner, enum spawn_child role, pid_t pid);
    void *owner;

    struct error error;
    enum spawn_step step;

    /* processes */
    bool uses_stage;    /* a stage creates the process */
    pid_t pid;          /* of the process; 0: unknown yet */
    bool has_ended;     /* the process was waited for */
    pid_t program;      /* the inner init's child, or the process itself; 0: not executed yet */
    pid_t reaped;       /* a child without a role yet that was just waited for; or 0 */
    pid_t helper;       /* 0: none */
    int helper_fd;      /* the channel to a helper of nsinit's own, or -1 */
    int channel_fd;     /* to be watched for reading, or -1; stays open for an inner init */
    struct guard guard; /* of a program that is PID 1 */

    /* namespaces */
    bool has_other_namespaces;       /* at least one differs from nsinit's */
    bool in_other_user_ns;           /* its user namespace differs from nsinit's */
    bool receives_sources;           /* a helper opens the sources of its mounts: mount/sources.h */
    bool has_net_devices;            /* its --veth and --netdev exist */
    struct pasta pasta;              /* of --network pasta */
    unsigned int net_sockets_wanted; /* the set of enum net_socket that it opens for nsinit */
    int net_sockets[NET_SOCKETS];    /* -1: none */
    int root_fd;           /* the root directory of a process that receives sources, or -1 */
    struct nsfds join_fds; /* namespaces to join */
    struct nsfds ns_fds;   /* of the types in ns_fds_wanted; -1: missing */
    struct persistent_ns *persistent; /* the context's, or the next member */
    struct persistent_ns own_persistent;

    /* for the program's reports */
    int notify_fd; /* where the program notifies, or -1 */
    struct notify_name notify_name;
    int terminal_fd; /* the controlling side of the terminal that replaced is_exec's, or -1 */
};

/* Whether spawn_begin waits for execve(2); then it never returns SPAWN_PENDING. */
bool spawn_blocks(const struct service *service, const struct spawn_context *context);

/* Start. */
enum spawn_outcome spawn_begin(struct spawning *spawning);

/* The channel can be read. */
enum spawn_outcome spawn_on_message(struct spawning *spawning);

/* The helper has ended. */
enum spawn_outcome spawn_on_helper_end(struct spawning *spawning, int wait_status);

/* The process has ended before its program was known to run. */
enum spawn_outcome spawn_on_process_end(struct spawning *spawning);

/* Kill the processes of an unfinished setup, undo nsinit's part in it, close all descriptors. */
void spawn_abandon(struct spawning *spawning);

/* Close all descriptors. The caller sets to -1 those that it has taken over. */
void spawn_release(struct spawning *spawning);

#endif
