/*
 * supervision.h - how a service is restarted, stopped and watched
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
    unsigned int most; /* restarts on failure; 0: without limit */
    uint32_t first_ms; /* the delay before the first restart; it doubles with each restart */
    uint32_t cap_ms;
};

/* Docker's health check: docker run --health-cmd. */
struct health_check {
    const char *command; /* for /bin/sh; NULL: none */
    char **words;        /* a command without a shell, or NULL; owned */
    uint32_t interval_ms;
    uint32_t timeout_ms;
    uint32_t start_period_ms;
    unsigned int retries;
};

/* How nsinit prefixes each line of the service's output. */
enum log_prefix {
    LOG_PREFIX_UNSAID, /* the default, which --log-format sets */
    LOG_PREFIX_NONE,   /* no prefix, and no pipe in between */
    LOG_PREFIX_NAME,
    LOG_PREFIX_TIME /* the time and the name */
};

struct supervision {
    struct restart restart;
    const struct stop_schedule
        *stop;     /* kept by the caller; NULL: a request to stop is just forwarded */
    bool stop_all; /* signal all processes of the service by the schedule */
    bool notify;   /* the service announces readiness by sd_notify(3) */
    enum log_prefix log_prefix : 8;
    int ready_fd;              /* the service announces readiness by a newline there; 0: no */
    uint32_t ready_timeout_ms; /* 0: none */
    uint32_t watchdog_ms;      /* 0: none */
    uint32_t setup_timeout_ms; /* until the program is executed; 0: none */
    uint32_t hook_timeout_ms;  /* of --hook-created; 0: none */
    struct health_check health;
};

void supervision_init(struct supervision *supervision);

/* Read no, on-failure[:MAX] or always. 0, or -1 with the reason filled in. */
int restart_parse(struct restart *restart, const char *text, struct error *error);

/* Read FIRST or FIRST..CAP. 0, or -1 with the reason filled in. */
int restart_delay_parse(struct restart *restart, const char *text, struct error *error);

/* The stop schedule of the service; TERM/10/KILL by default, as for docker stop. */
const struct stop_schedule *supervision_stop(const struct supervision *supervision);

/* Whether the service's output goes through nsinit, line by line. */
bool supervision_takes_output(const struct supervision *supervision);

/* Whether the service announces its readiness. */
bool supervision_awaits_readiness(const struct supervision *supervision);

/* Whether the service gets a socket for sd_notify(3). */
bool supervision_has_notify_socket(const struct supervision *supervision);

/* Check that the options fit together. 0, or -1 with subject and reason filled in (ERROR_USAGE). */
int supervision_check(const struct supervision *supervision, struct error *error);

#endif
