/*
 * pod.h - the plan: what nsinit is to run and how, as plain data that no one changes afterwards
 */
#ifndef NSINIT_POD_POD_H
#define NSINIT_POD_POD_H

#include <stdbool.h>
#include <stddef.h>

#include "pod/namespaces.h"
#include "pod/schedule.h"
#include "pod/settings.h"
#include "pod/supervision.h"
#include "util/error.h"
#include "util/log.h"
#include "util/signals.h"

/* Where the program lives as seen by the terminal and by kill(2). */
enum placement {
    PLACEMENT_GROUP,    /* a process group of its own, in nsinit's session */
    PLACEMENT_SESSION,  /* a session of its own, with nsinit's controlling terminal handed over */
    PLACEMENT_INHERITED /* nsinit's own process group */
};

enum { EXIT_CODE_COUNT = 256 };

/* One command and how it is run. */
struct service {
    const char *name;
    char *const *arguments; /* NULL-terminated, the program first; kept by the caller */
    char **environment;     /* as execve(2) takes it; kept by the caller */
    enum placement placement;
    bool forward_to_group;
    bool suspend_together; /* nsinit stops when the service is stopped, even with no terminal */
    unsigned char rewrite[SIGNAL_COUNT]; /* the signal forwarded for each one received; 0: none */
    unsigned int stop_signals; /* bit N: signal N asks the service to stop (see service_stops_on) */
    bool success_code[EXIT_CODE_COUNT]; /* exit codes that count as 0 */
    struct isolation isolation;
    struct settings settings;
    struct supervision supervision;
};

/* Services that live and end together. None at all: hold the namespaces and reap (pause). */
struct pod {
    struct service *services;
    size_t service_count;
    enum log_level verbosity;
    bool subreaper;
    bool quiet_about_orphans; /* no warning when nsinit is neither PID 1 nor a subreaper */
    bool warn_reaped;
    int parent_death_signal; /* 0: none */
    struct schedule drain;
    const unsigned char *error_codes; /* the exit code for each kind of error */
};

/* Fill in a service's defaults: its own group, each signal forwarded as itself. */
void service_init(struct service *service, const char *name);

/* Whether the signal, received by nsinit, asks the service to stop: TERM, INT or QUIT, mostly. */
bool service_stops_on(const struct service *service, int signal_number);

/*
 * Forward `to` for `from` (0: nothing). What is translated into a signal that asks to stop does
 * so; all else that was translated, be it into itself, is the program's own affair.
 */
void service_rewrite(struct service *service, int from, int to);

/* The exit code of nsinit for a service's wait status: its code or 128 + signal, then remapped. */
int service_exit_code(const struct service *service, int wait_status);

#endif
