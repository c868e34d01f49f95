/*
 * supervision.c - setters of the options that tell how the program is kept running and ended
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options/setters.h"
#include "util/parse.h"
#include "util/words.h"

static struct supervision *supervision_of(struct request *request)
{
    return &request->current->supervision;
}

static int read_duration(const char *value, uint32_t *milliseconds, struct error *error)
{
    if (parse_duration(value, milliseconds) == 0)
        return 0;
    return error_reason(error, ERROR_USAGE, "'%s' is no duration (500ms, 10s, 2m, 1h)", value);
}

/* One of 0 would be over before it began. */
static int read_time(const char *value, uint32_t *milliseconds, struct error *error)
{
    if (read_duration(value, milliseconds, error) < 0)
        return -1;
    if (*milliseconds == 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no time at all", value);
    return 0;
}

int set_restart(struct request *request, const char *value, struct error *error)
{
    return restart_parse(&supervision_of(request)->restart, value, error);
}

int set_restart_delay(struct request *request, const char *value, struct error *error)
{
    return restart_delay_parse(&supervision_of(request)->restart, value, error);
}

int set_stop(struct request *request, const char *value, struct error *error)
{
    struct schedule schedule = {.count = 0};
    struct schedule *kept;

    if (schedule_parse(&schedule, value, error) < 0)
        return -1;
    supervision_of(request)->stop = NULL;
    if (schedule.count == 0)
        return 0;
    kept = request_keep(request, sizeof *kept, error);
    if (kept == NULL)
        return -1;
    *kept = schedule;
    supervision_of(request)->stop = kept;
    return 0;
}

int set_stop_all(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &supervision_of(request)->stop_all, error);
}

int set_drain(struct request *request, const char *value, struct error *error)
{
    return schedule_parse(&request->pod.drain, value, error);
}

int set_notify(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &supervision_of(request)->notify, error);
}

int set_ready_fd(struct request *request, const char *value, struct error *error)
{
    enum { LEAST = 3, MOST = 1023 };
    unsigned long number;

    if (parse_number(value, MOST, &number) < 0 || number < LEAST)
        return error_reason(error, ERROR_USAGE, "'%s' is no descriptor from %d to %d", value, LEAST,
                            MOST);
    supervision_of(request)->ready_fd = (int)number;
    return 0;
}

int set_ready_timeout(struct request *request, const char *value, struct error *error)
{
    return read_duration(value, &supervision_of(request)->ready_timeout_ms, error);
}

int set_watchdog(struct request *request, const char *value, struct error *error)
{
    return read_duration(value, &supervision_of(request)->watchdog_ms, error);
}

int set_health_cmd(struct request *request, const char *value, struct error *error)
{
    struct health_check *health = &supervision_of(request)->health;

    free(health->words);
    health->words = NULL;
    health->command = value[0] != '\0' ? value : NULL;
    if (value[0] != '[')
        return 0;
    /* "[ -e FILE ]" is a command of the shell's. */
    health->words = words_of_json(value);
    if (health->words == NULL && errno == ENOMEM)
        return error_reason(error, ERROR_FAILED, "%m");
    return 0;
}

int set_health_interval(struct request *request, const char *value, struct error *error)
{
    return read_time(value, &supervision_of(request)->health.interval_ms, error);
}

int set_health_timeout(struct request *request, const char *value, struct error *error)
{
    return read_time(value, &supervision_of(request)->health.timeout_ms, error);
}

int set_health_retries(struct request *request, const char *value, struct error *error)
{
    unsigned long number;

    if (parse_number(value, INT_MAX, &number) < 0 || number == 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no number from 1", value);
    supervision_of(request)->health.retries = (unsigned int)number;
    return 0;
}

int set_health_start_period(struct request *request, const char *value, struct error *error)
{
    return read_duration(value, &supervision_of(request)->health.start_period_ms, error);
}

int set_log_prefix(struct request *request, const char *value, struct error *error)
{
    static const struct {
        const char *name;
        enum log_prefix prefix;
    } kinds[] = {{"no", LOG_PREFIX_NONE}, {"name", LOG_PREFIX_NAME}, {"time", LOG_PREFIX_TIME}};
    bool flag;

    for (size_t i = 0; value != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcasecmp(value, kinds[i].name) == 0) {
            supervision_of(request)->log_prefix = kinds[i].prefix;
            return 0;
        }
    if (value != NULL && parse_flag(value, &flag) < 0)
        return error_reason(error, ERROR_USAGE, "'%s' is not no, name or time", value);
    supervision_of(request)->log_prefix = value == NULL || flag ? LOG_PREFIX_NAME : LOG_PREFIX_NONE;
    return 0;
}
