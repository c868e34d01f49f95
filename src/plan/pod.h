/*
 * pod.h - the plan: what nsinit runs and how, as plain data that never changes afterwards
 */
#ifndef NSINIT_PLAN_POD_H
#define NSINIT_PLAN_POD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/power.h"
#include "plan/service_spec.h"
#include "plan/stop_schedule.h"
#include "util/log.h"

/* A hardware watchdog. */
struct watchdog_device {
    const char *path; /* NULL: none */
    uint32_t timeout_ms;
    bool requires_healthy; /* starve it when an essential service has failed for `timeout_ms` */
};

/* Services that live and end together; without any, nsinit holds the namespaces and reaps. */
struct pod {
    const char *file; /* the pod file, or NULL: a command line with one service */
    struct service *services;
    size_t service_count;
    struct service *namespace_holder; /* its namespaces are shared by all services; or NULL */
    const char *control;              /* the path of the control socket, or NULL */
    bool control_was_asked_for;
    const char *report; /* where the events go: a file, or fd:N; NULL: nowhere */
    bool report_checks; /* report every health check */
    enum log_level verbosity;
    enum log_format log_format;
    bool boots;           /* nsinit is the first process of a machine */
    const char *hostname; /* of the machine, or NULL */
    enum power on_end;    /* the action after the pod has ended by itself */
    struct watchdog_device watchdog;
    bool subreaper;
    bool quiet_about_orphans; /* do not warn when another reaper adopts an orphan */
    bool warn_reaped;
    int parent_death_signal; /* 0: none */
    struct stop_schedule drain;
    const unsigned char *error_codes; /* the exit code of each enum error_kind */
};

#endif
