/*
 * set_supervision.c - setters of the options that tell how the program is kept running and ended
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "options/setters_private.h"
#include "util/json.h"
#include "util/keywords.h"
#include "util/parse.h"

const char *set_duration(void *field, const char *value, struct error *error)
{
    return parse_duration(value, field) == 0
               ? NULL
               : told(error_invalid(error, value, "duration", DURATION_ADVICE));
}

/* One of 0 would be over before it began. */
const char *set_time(void *field, const char *value, struct error *error)
{
    uint32_t *milliseconds = field;
    const char *wrong = set_duration(field, value, error);

    return wrong == NULL && *milliseconds == 0 ? "no time at all" : wrong;
}

const char *set_restart(void *field, const char *value, struct error *error)
{
    return told(restart_parse(field, value, error));
}

const char *set_restart_delay(void *field, const char *value, struct error *error)
{
    return told(restart_delay_parse(field, value, error));
}

const char *set_stop(void *field, const char *value, struct error *error)
{
    struct invocation *invocation = field;
    struct stop_schedule *schedule = invocation_keep(invocation, sizeof *schedule, error);

    if (schedule == NULL || stop_schedule_parse(schedule, value, error) < 0)
        return "";
    /* Of a program that is to be stopped it would be the end of all requests to stop. */
    if (schedule->count > 0 && !stop_schedule_signals(schedule))
        return told(error_invalid(error, value, "schedule", "it has no signal"));
    invocation->current->supervision.stop = schedule->count > 0 ? schedule : NULL;
    return NULL;
}

const char *set_drain(void *field, const char *value, struct error *error)
{
    return told(stop_schedule_parse(field, value, error));
}

const char *set_ready_fd(void *field, const char *value, struct error *error)
{
    (void)error;
    return parse_between(value, 3, 1023, field) == 0 ? NULL : "no descriptor from 3 to 1023";
}

const char *set_health_cmd(void *field, const char *value, struct error *error)
{
    struct health_check *health = field;

    free(health->words);
    health->words = NULL;
    health->command = value[0] != '\0' ? value : NULL;
    if (value[0] != '[')
        return NULL;
    /* "[ -e FILE ]" is a command of the shell's. */
    health->words = json_read_words(value);
    if (health->words == NULL && errno == ENOMEM)
        return told(error_reason(error, ERROR_FAILED, "%m"));
    return NULL;
}

const char *set_health_retries(void *field, const char *value, struct error *error)
{
    (void)error;
    return parse_between(value, 1, INT_MAX, field) == 0 ? NULL : "no number from 1";
}

const char *set_log_prefix(void *field, const char *value, struct error *error)
{
    static const char *const words[] = {"no", [LOG_PREFIX_NAME - LOG_PREFIX_NONE] = "name",
                                        [LOG_PREFIX_TIME - LOG_PREFIX_NONE] = "time"};
    static const struct keywords names = {KEYWORDS_IN(words), .kind = "prefix",
                                          .choices = "no, name or time"};
    struct supervision *supervision = field;
    bool flag = true;
    int row = value != NULL ? keywords_find(&names, value, error) : -1;

    if (row < 0 && value != NULL && parse_flag(value, &flag) < 0)
        return "";
    if (row < 0)
        row = flag ? LOG_PREFIX_NAME : LOG_PREFIX_NONE;
    else
        row += LOG_PREFIX_NONE;
    supervision->log_prefix = (enum log_prefix)row;
    return NULL;
}

const char *set_log_format(void *field, const char *value, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(log_format_names), .kind = "log format",
                                          .choices = "plain, time or json"};
    enum log_format *format = field;
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return "";
    *format = (enum log_format)row;
    return NULL;
}
