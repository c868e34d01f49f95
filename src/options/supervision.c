/*
 * supervision.c - setters of the options that tell how the program is kept running and ended
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "options/setters.h"
#include "util/names.h"
#include "util/parse.h"
#include "util/words.h"

int set_duration(void *field, const char *value, struct error *error)
{
    return parse_duration(value, field) == 0
               ? 0
               : error_wrong(error, value, "no duration (500ms, 10s, 2m, 1h)");
}

/* One of 0 would be over before it began. */
int set_time(void *field, const char *value, struct error *error)
{
    uint32_t *milliseconds = field;

    if (set_duration(field, value, error) < 0)
        return -1;
    return *milliseconds != 0 ? 0 : error_wrong(error, value, "no time at all");
}

int set_restart(void *field, const char *value, struct error *error)
{
    return restart_parse(field, value, error);
}

int set_restart_delay(void *field, const char *value, struct error *error)
{
    return restart_delay_parse(field, value, error);
}

int set_stop(void *field, const char *value, struct error *error)
{
    struct request *request = field;
    struct schedule *schedule = request_keep(request, sizeof *schedule, error);

    if (schedule == NULL || schedule_parse(schedule, value, error) < 0)
        return -1;
    request->current->supervision.stop = schedule->count > 0 ? schedule : NULL;
    return 0;
}

int set_drain(void *field, const char *value, struct error *error)
{
    return schedule_parse(field, value, error);
}

int set_ready_fd(void *field, const char *value, struct error *error)
{
    enum { LEAST = 3, MOST = 1023 };

    if (parse_between(value, LEAST, MOST, field) < 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no descriptor from %d to %d", value, LEAST,
                            MOST);
    return 0;
}

int set_health_cmd(void *field, const char *value, struct error *error)
{
    struct health_check *health = field;

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

int set_health_retries(void *field, const char *value, struct error *error)
{
    return parse_between(value, 1, INT_MAX, field) == 0
               ? 0
               : error_wrong(error, value, "no number from 1");
}

int set_log_prefix(void *field, const char *value, struct error *error)
{
    static const char *const words[] = {
        [LOG_PREFIX_NONE] = "no", [LOG_PREFIX_NAME] = "name", [LOG_PREFIX_TIME] = "time"};
    static const struct names names = {NAMES_IN(words), .others = "not no, name or time"};
    struct supervision *supervision = field;
    bool flag = true;
    int row = value != NULL ? names_find(&names, value, error) : -1;

    if (row < 0 && value != NULL && parse_flag(value, &flag) < 0)
        return -1;
    if (row < 0)
        row = flag ? LOG_PREFIX_NAME : LOG_PREFIX_NONE;
    supervision->log_prefix = (enum log_prefix)row;
    return 0;
}
