/*
 * power.c - what becomes of a machine that nsinit has booted
 */
#include "pod/power.h"

#include <signal.h>
#include <string.h>

#include "util/parse.h"

static const char *const names[POWER_COUNT] = {
    [POWER_NONE] = "",     [POWER_REBOOT] = "reboot", [POWER_OFF] = "poweroff",
    [POWER_HALT] = "halt", [POWER_RESCUE] = "rescue",
};

const char *power_name(enum power power)
{
    return names[power];
}

int power_parse(enum power *power, const char *text, struct error *error)
{
    struct closest closest = closest_to(text);

    for (unsigned int i = POWER_REBOOT; i < POWER_COUNT; i++) {
        closest_offer(&closest, names[i]);
        if (strcmp(text, names[i]) == 0) {
            *power = (enum power)i;
            return 0;
        }
    }
    if (closest.best != NULL)
        return error_unknown(error, text, "end", closest.best);
    return error_reason(error, ERROR_USAGE, "'%s' is not reboot, poweroff, halt or rescue", text);
}

enum power power_of_signal(int signal_number)
{
    switch (signal_number) {
    case SIGINT:
    case SIGTERM:
        return POWER_REBOOT;
    case SIGUSR1:
        return POWER_HALT;
    case SIGUSR2:
        return POWER_OFF;
    default:
        return POWER_NONE;
    }
}
