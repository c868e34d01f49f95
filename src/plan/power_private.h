/*
 * power_private.h - what becomes of a machine that nsinit has booted
 */
#ifndef NSINIT_PLAN_POWER_PRIVATE_H
#define NSINIT_PLAN_POWER_PRIVATE_H

#include "util/error.h"

enum power {
    POWER_NONE,   /* not said */
    POWER_REBOOT, /* also where nothing was said: what stands in a corner is to come back */
    POWER_OFF,
    POWER_HALT,
    POWER_RESCUE, /* ask at the console */
    POWER_COUNT
};

/* reboot, poweroff, halt, rescue; POWER_NONE has the empty name. */
const char *power_name(enum power power);

/* 0, or -1 with the reason filled in. */
int power_parse(enum power *power, const char *text, struct error *error);

/* As BusyBox's halt, poweroff and reboot send them to PID 1; ctrl-alt-del is INT: reboot(2). */
enum power power_of_signal(int signal_number);

#endif
