/*
 * set_machine.c - options for a machine that nsinit boots
 */
#include "options/setter_private.h"
#include "options/values_private.h"
#include "plan/power.h"

enum { WATCHDOG_LEAST_MS = 1000 };

static int set_on_end(struct invocation *invocation, const char *value, struct error *error)
{
    return power_parse(&invocation->pod.on_end, value, error);
}

/* A controlling terminal belongs to a session, which the service leads: credentials(7). */
static int set_tty(struct service *service, const char *value, struct error *error)
{
    service->placement = PLACEMENT_SESSION;
    return set_absolute_path(&service->tty, value, error);
}

/* Drivers count seconds. */
static int set_watchdog_timeout(uint32_t *milliseconds, const char *value, struct error *error)
{
    if (set_duration(milliseconds, value, error) < 0)
        return -1;
    if (*milliseconds < WATCHDOG_LEAST_MS)
        return error_invalid(error, value, "duration", "use 1s or more");
    return 0;
}

static const struct option rows[] = {
    {
        .name = "boot",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT,
        .help = "Boot the machine as its first process (see MACHINES)",
        .set = SET_FLAG(invocation, pod.boots),
    },
    {
        .name = "on-end",
        .argument = "ACTION",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .default_value = "reboot",
        .help = "Choose the action when the pod ends: reboot, poweroff, halt, rescue",
        .set = SET_INVOCATION(set_on_end),
    },
    {
        .name = "tty",
        .argument = "PATH",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Run the program on this terminal, and make it the controlling terminal",
        .set = SET_SERVICE(set_tty),
    },
    {
        .name = "watchdog-device",
        .argument = "PATH",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .help = "Feed a hardware watchdog, e.g. /dev/watchdog0",
        .set = SET_TEXT(invocation, pod.watchdog.path, set_absolute_path),
    },
    {
        .name = "watchdog-timeout",
        .argument = "TIME",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .default_value = "1m",
        .help = "Set the timeout of the hardware watchdog",
        .set = SET_DURATION(invocation, pod.watchdog.timeout_ms, set_watchdog_timeout),
    },
    {
        .name = "watchdog-requires-healthy",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .help = "Stop feeding the hardware watchdog if an essential service fails for longer than "
                "its timeout",
        .set = SET_FLAG(invocation, pod.watchdog.requires_healthy),
    },
};

const struct option_group machine_options = OPTION_GROUP("Machines", rows);
