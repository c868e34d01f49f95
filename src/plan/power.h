/*
 * power.h - how a machine that nsinit has booted ends
 */
#ifndef NSINIT_PLAN_POWER_H
#define NSINIT_PLAN_POWER_H

#include "util/error.h"

enum power {
    POWER_NONE, /* the default is a reboot, so that an unattended machine comes back */
    POWER_REBOOT,
    POWER_OFF,
    POWER_HALT,
    POWER_RESCUE, /* ask at the console */
    POWER_COUNT
};

/* reboot, poweroff, halt or rescue; the empty name for POWER_NONE. */
const char *power_name(enum power power);

/* Read a name. 0, or -1 with the reason filled in. */
int power_parse(enum power *power, const char *text, struct error *error);

/*
 * The request that a signal to PID 1 stands for: BusyBox's halt, poweroff and reboot send signals,
 * and ctrl-alt-del sends INT (reboot(2)). POWER_NONE for any other signal.
 */
enum power power_of_signal(int signal_number);

#endif
