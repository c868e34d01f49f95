/*
 * set_machine.c - setters of the options that are about a machine that nsinit boots
 */
#include "options/setters_private.h"
#include "plan/power.h"
#include "util/parse.h"

const char *set_on_end(void *field, const char *value, struct error *error)
{
    return told(power_parse(field, value, error));
}

/* It controls a session, which is the service's own. */
const char *set_tty(void *field, const char *value, struct error *error)
{
    struct service *service = field;

    service->placement = PLACEMENT_SESSION;
    return set_path(&service->tty, value, error);
}

const char *set_watchdog_timeout(void *field, const char *value, struct error *error)
{
    uint32_t *timeout_ms = field;

    (void)error;
    return parse_duration(value, timeout_ms) == 0 && *timeout_ms >= 1000
               ? NULL
               : "no time of a second or more";
}
