/*
 * supervision.h - when a service is started again, how it is stopped, and how it is watched
 */
#ifndef NSINIT_PLAN_SUPERVISION_H
#define NSINIT_PLAN_SUPERVISION_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/stop_schedule.h"
#include "util/error.h"

/* Docker's restart policies: docker run --restart. */
enum restart_policy { RESTART_NO, RESTART_ON_FAILURE, RESTART_ALWAYS };

extern const char *const restart_policy_names[RESTART_ALWAYS + 1];

struct restart {
    enum restart_policy policy;
    unsigned int most; /* how often, on failure; 0: without limit */
    uint32_t first_ms; /* the delay before the first restart, which doubles with each one */
    uint32_t cap_ms;
};

/* Docker's health check: docker run --health-cmd. */
struct health_check {
    const char *command; /* for /bin/sh; NULL: none */
    char **words;        /* the command where it needs no shell, or NULL; owned */
    uint32_t interval_ms;
    uint32_t timeout_ms;
    uint32_t start_period_ms;
    unsigned int retries;
};

/* What stands in front of each line of the service's output. */
enum log_prefix {
    LOG_PREFIX_UNSAID, /* as --log-format has it */
    LOG_PREFIX_NONE,   /* nothing, and no pipe in between */
    LOG_PREFIX_NAME,
    LOG_PREFIX_TIME /* and the name */
};

/* Plain data. */
struct supervision {
    struct restart restart;
    const struct stop_schedule
        *stop;     /* kept by the caller; NULL: a request to stop is just forwarded */
    bool stop_all; /* all the service's processes get the schedule's signals */
    bool notify;   /* the service says by sd_notify(3) when it is ready */
    enum log_prefix log_prefix : 8;
    int ready_fd;              /* or by a newline on this descriptor of its own; 0: not */
    uint32_t ready_timeout_ms; /* 0: none */
    uint32_t watchdog_ms;      /* 0: none */
    uint32_t setup_timeout_ms; /* until its program is executed; 0: none */
    uint32_t hook_timeout_ms;  /* of --hook-created; 0: none */
    struct health_check health;
};

void supervision_init(struct supervision *supervision);

/* no, on-failure[:MAX], always. 0, or -1 with the reason filled in. */
int restart_parse(struct restart *restart, const char *text, struct error *error);

/* FIRST or FIRST..CAP. 0, or -1 with the reason filled in. */
int restart_delay_parse(struct restart *restart, const char *text, struct error *error);

/* How it is stopped where the user has said nothing: TERM/10/KILL, as docker stop does. */
const struct stop_schedule *supervision_stop(const struct supervision *supervision);

/* Whether its output goes through nsinit, line by line. */
bool supervision_takes_output(const struct supervision *supervision);

/* Whether the service says itself when it is ready. */
bool supervision_awaits_readiness(const struct supervision *supervision);

/* Whether the service is given a socket for sd_notify(3). */
bool supervision_has_notify_socket(const struct supervision *supervision);

/* Whether the parts fit together. 0, or -1 with subject and reason filled in (ERROR_USAGE). */
int supervision_check(const struct supervision *supervision, struct error *error);

#endif
