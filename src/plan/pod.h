/*
 * pod.h - the plan: what nsinit is to run and how, as plain data that no one changes afterwards
 */
#ifndef NSINIT_PLAN_POD_H
#define NSINIT_PLAN_POD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/namespaces.h"
#include "plan/power_private.h"
#include "plan/stop_schedule.h"
#include "plan/process.h"
#include "plan/supervision.h"
#include "util/error.h"
#include "util/log.h"
#include "util/signal_names.h"

/* Where the program lives as seen by the terminal and by kill(2). */
enum placement {
    PLACEMENT_GROUP,    /* a process group of its own, in nsinit's session */
    PLACEMENT_SESSION,  /* a session of its own, with nsinit's controlling terminal handed over */
    PLACEMENT_INHERITED /* nsinit's own process group */
};

enum { EXIT_CODE_COUNT = 256 };

/* Bit N of the whole is exit code N. */
struct exit_code_set {
    uint64_t bits[EXIT_CODE_COUNT / 64];
};

/* What becomes of signals on their way in and of exit codes on their way out. Plain data. */
struct translation {
    unsigned char signals[SIGNAL_COUNT]; /* the one forwarded for each one received; 0: none */
    unsigned int stop_signals; /* bit N: signal N asks the service to stop (see service_stops_on) */
    struct exit_code_set success_codes; /* those that count as 0 */
};

enum service_type {
    SERVICE_SIMPLE, /* runs until it is stopped */
    SERVICE_ONESHOT /* a step: done when it has ended with 0 */
};

/* Whether the pod ends when the service has ended for good. */
enum essential {
    ESSENTIAL_BY_TYPE, /* not said: a oneshot that fails ends it, nothing else */
    ESSENTIAL_NO,
    ESSENTIAL_YES
};

/* What a service's processes may ask for at the control socket. */
enum control_access {
    CONTROL_AUTO, /* not said: everything with all of nsinit's rights, else the status */
    CONTROL_NONE,
    CONTROL_STATUS,
    CONTROL_FULL
};

extern const char *const control_access_names[CONTROL_FULL + 1];

/* Whether the program has a session of its own, and a pseudo-terminal in place of the terminal. */
enum new_session {
    NEW_SESSION_BY_NAMESPACES, /* not said: in a user or PID namespace of its own, for a terminal */
    NEW_SESSION_NO,
    NEW_SESSION_YES
};

/* Other services of the pod, by their place in it. */
struct service_list {
    unsigned int *places; /* owned */
    size_t count;
};

/* One command and how it is run. A pod of many has many of these: keep it small. */
struct service {
    const char *name;
    char *const *arguments; /* NULL-terminated, the program first; kept by the caller, or `words` */
    char **words;           /* owned, or NULL */
    unsigned int line;      /* where it begins in the pod file; 0: not from one */
    enum service_type type : 4;
    enum essential essential : 4;
    enum placement placement : 4;
    enum control_access control_access : 4;
    enum new_session new_session : 4;
    bool suspend_together : 1; /* nsinit stops when it is stopped, even with no terminal */
    bool forward_to_group;
    const char *after_names;   /* as the user has said it, or NULL */
    struct service_list after; /* what is to be ready before it is started */
    char **environment;        /* as execve(2) takes it; kept by the caller */
    const char *tty; /* the terminal that is its stdio, and controls its session; or NULL */
    struct translation *translation; /* kept by the caller; NULL: nothing is translated */
    struct settings *settings;       /* kept by the caller; NULL: nothing was said */
    struct supervision supervision;
    struct namespaces namespaces;
};

/* A hardware watchdog. */
struct watchdog_device {
    const char *path; /* NULL: none */
    uint32_t timeout_ms;
    bool requires_healthy; /* it is not fed while an essential service fails for longer than that */
};

/* Services that live and end together. None at all: hold the namespaces and reap (pause). */
struct pod {
    const char *file; /* it was read from, or NULL: the command line's single service */
    struct service *services;
    size_t service_count;
    struct service *sandbox; /* whose namespaces all services share, or NULL */
    const char *control;     /* where nsctl finds it, or NULL */
    bool control_was_asked_for;
    const char *report; /* where the events go: a file, or fd:N; NULL: nowhere */
    bool report_checks; /* with an event for every health check */
    enum log_level verbosity;
    enum log_format log_format;
    bool boots;           /* the machine, as its first process */
    const char *hostname; /* of the machine, or NULL */
    enum power on_end;    /* what becomes of the machine when the pod ends by itself */
    struct watchdog_device watchdog;
    bool subreaper;
    bool quiet_about_orphans; /* no warning when an orphan goes to another reaper */
    bool warn_reaped;
    int parent_death_signal; /* 0: none */
    struct stop_schedule drain;
    const unsigned char *error_codes; /* the exit code for each kind of error */
};

/* Each signal and each exit code as itself. */
void translation_init(struct translation *translation);

/* Fill in a service's defaults: its own group, nothing translated. */
void service_init(struct service *service, const char *name);

/* Free what it owns. */
void service_free(struct service *service);

/* Its settings, be they said or not. */
const struct settings *service_settings(const struct service *service);

/* Whether nsinit's terminal is not for the service itself: see new_session. `sandbox` is the pod's,
 * or NULL. */
bool service_has_new_session(const struct service *service, const struct service *sandbox);

/* The signal forwarded for one received; 0: none. */
int service_signal(const struct service *service, int signal_number);

/* Whether the signal, received by nsinit, asks the service to stop: TERM, INT or QUIT, mostly. */
bool service_stops_on(const struct service *service, int signal_number);

/*
 * Forward `to` for `from` (0: nothing). What is translated into a signal that asks to stop does
 * so; all else that was translated, be it into itself, is the program's own affair.
 */
void translation_rewrite(struct translation *translation, int from, int to);

static inline void exit_codes_add(struct exit_code_set *set, unsigned int code)
{
    set->bits[code / 64] |= (uint64_t)1 << code % 64;
}

static inline bool exit_codes_have(const struct exit_code_set *set, unsigned int code)
{
    return (set->bits[code / 64] >> code % 64 & 1) != 0;
}

/* The exit code of nsinit for a service's wait status: its code or 128 + signal, then remapped. */
int service_exit_code(const struct service *service, int wait_status);

#endif
