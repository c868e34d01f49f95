/*
 * spawn.h - a service becomes a running process
 */
#ifndef NSINIT_SPAWN_SPAWN_H
#define NSINIT_SPAWN_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pod/pod.h"
#include "spawn/enter.h"
#include "spawn/inherited.h"
#include "spawn/notify_socket.h"
#include "util/error.h"

/* What a new process gets besides its service's plan. */
struct spawn_context {
    const struct inherited *inherited;
    int terminal_fd;         /* the terminal it becomes the foreground of, or -1 */
    int parent_death_signal; /* for the program itself, or 0 */
    int ready_fd;            /* what becomes the service's ready_fd, or -1 */
    int stdio[3];            /* what becomes its stdin, stdout and stderr, or -1 */
    bool stdio_is_lent;      /* they are somebody else's: their owner stays, but a terminal's */
    bool has_pty;            /* the terminal is one of its own, in a session of its own */
    const char *default_variable; /* NAME=VALUE for its environment, if it has no NAME; or NULL */
    bool makes_notify_socket;
    bool hides_notify_socket; /* nsinit's own NOTIFY_SOCKET is not for it */
    struct notify_name notify_name;
    uint64_t watchdog_usec;              /* 0: none */
    const struct open_namespaces *given; /* namespaces to be in, or NULL; the caller's */
    namespace_set lends;                 /* those of its namespaces that `lent` is to hold */
    struct open_namespaces *lent; /* opened before its program runs, the caller's to close; what
                                     can't be is a negative errno. Or NULL */
    bool is_sandbox; /* it runs no program: spawn_service returns 1 in it, as in an inner init */
};

/* The context that asks for nothing. */
struct spawn_context spawn_context_plain(const struct inherited *inherited);

/* A process that was started. The descriptors are the caller's to close. */
struct spawned {
    pid_t pid;                      /* a child, to be waited for */
    pid_t program;                  /* the same, or its inner init's child, as far as is known */
    int link_fd;                    /* to its inner init, or -1: see link.h */
    int notify_fd;                  /* where it notifies, or -1 */
    struct notify_name notify_name; /* the other end's, where the caller is the inner init */
};

/*
 * Start the service's program and return when it has been executed: 0 with `spawned` filled in,
 * or -1 with `error` filled in and no process left. The program has its process group, session
 * and terminal before its first instruction.
 *
 * Returns 1 in the child when the service has a PID namespace of its own: the caller is its inner
 * init then, with everything in place but the program, and `spawned` leads to the outer one.
 */
int spawn_service(const struct service *service, const struct spawn_context *context,
                  struct spawned *spawned, struct error *error);

#endif
