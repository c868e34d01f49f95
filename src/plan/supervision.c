/*
 * supervision.c - how a service is restarted, stopped and watched
 */
#include "plan/supervision.h"

#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "util/keywords.h"
#include "util/parse.h"

static const uint32_t default_cap_ms = 60 * 1000;
static const uint32_t default_setup_ms = 30 * 1000;

void supervision_init(struct supervision *supervision)
{
    *supervision = (struct supervision){
        .restart = {.first_ms = 100, .cap_ms = default_cap_ms},
        /* Docker's. */
        .health = {.interval_ms = 30 * 1000, .timeout_ms = 30 * 1000, .retries = 3},
        .setup_timeout_ms = default_setup_ms,
        .hook_timeout_ms = default_setup_ms,
    };
}

const char *const restart_policy_names[RESTART_ALWAYS + 1] = {
    [RESTART_NO] = "no", [RESTART_ON_FAILURE] = "on-failure", [RESTART_ALWAYS] = "always"};

int restart_parse(struct restart *restart, const char *text, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(restart_policy_names),
                                          .kind = "restart policy",
                                          .choices = "no, on-failure[:MAX] or always"};
    static const char with_most[] = "on-failure:";
    int policy = RESTART_ON_FAILURE;
    int most = 0;

    if (strchr(text, ':') == NULL)
        policy = keywords_find(&names, text, error);
    else if (strncasecmp(text, with_most, sizeof with_most - 1) != 0 ||
             parse_between(text + sizeof with_most - 1, 0, INT_MAX, &most) < 0)
        return error_invalid(error, text, names.kind, "use no, on-failure[:MAX] or always");
    if (policy < 0) {
        if (strcasecmp(text, "unless-stopped") == 0)
            error_hint(error, "use always: a service that nsctl stop has stopped stays down");
        return -1;
    }
    restart->policy = (enum restart_policy)policy;
    restart->most = (unsigned int)most;
    return 0;
}

int restart_delay_parse(struct restart *restart, const char *text, struct error *error)
{
    char first[16];
    size_t length = parse_word(text, ".", first, sizeof first);
    bool has_cap = text[length] != '\0';
    uint32_t first_ms;
    uint32_t cap_ms = default_cap_ms;

    /* A word that was cut off would be another duration. */
    if (length >= sizeof first || parse_duration(first, &first_ms) < 0 ||
        (has_cap && (text[length + 1] != '.' || parse_duration(text + length + 2, &cap_ms) < 0)))
        return error_invalid(error, text, "delay", "use FIRST or FIRST..CAP, e.g. 100ms..1m");
    if (has_cap && cap_ms < first_ms)
        return error_invalid(error, text, "delay", "the cap is less than the first delay");
    restart->first_ms = first_ms;
    restart->cap_ms = cap_ms > first_ms ? cap_ms : first_ms;
    return 0;
}

const struct stop_schedule *supervision_stop(const struct supervision *supervision)
{
    static const struct stop_schedule by_default = {
        .steps = {{SIGTERM, 10000}, {SIGKILL, WAIT_FOREVER}}, .count = 2};

    return supervision->stop != NULL ? supervision->stop : &by_default;
}

bool supervision_takes_output(const struct supervision *supervision)
{
    return supervision->log_prefix == LOG_PREFIX_NAME || supervision->log_prefix == LOG_PREFIX_TIME;
}

bool supervision_awaits_readiness(const struct supervision *supervision)
{
    return supervision->notify || supervision->ready_fd != 0;
}

bool supervision_has_notify_socket(const struct supervision *supervision)
{
    return supervision->notify || supervision->watchdog_ms != 0;
}

int supervision_check(const struct supervision *supervision, struct error *error)
{
    if (supervision->ready_timeout_ms != 0 && !supervision_awaits_readiness(supervision)) {
        error_subject(error, "--ready-timeout");
        return error_reason(error, ERROR_USAGE,
                            "needs --notify or --ready-fd: nobody else says "
                            "when the service is ready");
    }
    if (supervision->stop_all && supervision->stop == NULL) {
        error_subject(error, "--stop-all");
        return error_reason(error, ERROR_USAGE,
                            "needs --stop SCHEDULE: without it a signal is "
                            "just forwarded");
    }
    return 0;
}
