/*
 * boot.c - setters of the options that are about a machine that nsinit boots
 */
#include "options/setters.h"
#include "util/parse.h"

int set_boot(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &request->pod.boots, error);
}

int set_on_end(struct request *request, const char *value, struct error *error)
{
    return power_parse(&request->pod.on_end, value, error);
}

static int read_path(const char *value, const char **path, struct error *error)
{
    if (value[0] != '/')
        return error_reason(error, ERROR_USAGE, "'%s' is no absolute path", value);
    *path = value;
    return 0;
}

/* It controls a session, which is the service's own. */
int set_tty(struct request *request, const char *value, struct error *error)
{
    request->current->placement = PLACEMENT_SESSION;
    return read_path(value, &request->current->tty, error);
}

int set_watchdog_device(struct request *request, const char *value, struct error *error)
{
    return read_path(value, &request->pod.watchdog.path, error);
}

int set_watchdog_timeout(struct request *request, const char *value, struct error *error)
{
    uint32_t *timeout_ms = &request->pod.watchdog.timeout_ms;

    if (parse_duration(value, timeout_ms) < 0 || *timeout_ms < 1000)
        return error_reason(error, ERROR_USAGE, "'%s' is no time of a second or more", value);
    return 0;
}

int set_watchdog_requires_healthy(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &request->pod.watchdog.requires_healthy, error);
}
