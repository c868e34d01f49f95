/*
 * power.c - how a machine that nsinit has booted ends
 */
#include "plan/power.h"

#include <signal.h>

#include "util/keywords.h"

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
    /* POWER_NONE has no name to be given. */
    static const struct keywords said = {.rows = names + POWER_REBOOT,
                                         .row_size = sizeof names[0],
                                         .count = POWER_COUNT - POWER_REBOOT,
                                         .exact = true,
                                         .kind = "action"};
    int row = keywords_find(&said, text, error);

    if (row < 0)
        return -1;
    *power = (enum power)(POWER_REBOOT + row);
    return 0;
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
