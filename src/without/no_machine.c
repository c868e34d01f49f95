/*
 * no_machine.c - stubs for booting and the hardware watchdog in a build without machines
 */
#include "init/init_private.h"
#include "init/watchdog_private.h"
#include "machine/boot.h"
#include "options/setter_private.h"

bool boot_is_machine_init(void)
{
    return false;
}

void boot_prepare(void)
{
}

char **boot_own_arguments(char **argv)
{
    return argv;
}

void boot_set_hostname(const struct pod *pod)
{
}

enum power boot_rescue(void)
{
    return POWER_NONE;
}

void boot_shut_down(enum power power)
{
}

int watchdog_open(struct watchdog_feeder *feeder, const struct supervisor *supervisor,
                  struct error *error)
{
    return 0;
}

void watchdog_retry(struct watchdog_feeder *feeder)
{
}

void watchdog_close(struct watchdog_feeder *feeder)
{
}

/* ---- options --------------------------------------------------------------------------------- */

static const char *const machine_names[] = {
    "boot", "on-end", "tty", "watchdog-device", "watchdog-timeout", "watchdog-requires-healthy",
    NULL};

const struct option_group machine_options = LEFT_OUT("MACHINE", machine_names);
