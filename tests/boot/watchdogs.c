/*
 * watchdogs.c - a watchdog that resets the machine: fed, starved, and told of an orderly end
 * The kernel's own in software, whose driver a service loads.
 */
#include "boot/machine.h"

#define MODULE(name)                                                  \
    {                                                                 \
        "lib/modules/" name ".ko", NULL, built("modules/" name ".ko") \
    }
#define POD(more)                                                                        \
    "[pod]\nverbose = 2\nwatchdog-device = /dev/watchdog0\nwatchdog-timeout = 2s\n" more \
    "[service driver]\ntype = oneshot\n"                                                 \
    "command = sh -c 'insmod /lib/modules/watchdog.ko && insmod /lib/modules/softdog.ko'\n"

#define BITES "softdog: Initiating system reboot"

START_TEST(a_watchdog_is_fed_in_time)
{
    const struct image_file files[] = {MODULE("watchdog"), MODULE("softdog"), {0}};
    struct machine machine;

    machine_boot(&machine, MACHINE(.files = files,
                                   .pod = POD("") "[service long]\nafter = driver\n"
                                                  "command = sh -c 'sleep 5; echo lives; poweroff; "
                                                  "exec sleep 1000000'\n"));
    machine_expect(&machine, "nsinit: /dev/watchdog0: feeding the watchdog, timeout 2 s");
    machine_expect(&machine, "lives");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
    ck_assert_lacks(machine_console(&machine), BITES);
    /* The kernel says so of a device that was closed without a word. */
    ck_assert_lacks(machine_console(&machine), "did not stop");
}
END_TEST

START_TEST(a_watchdog_starves_when_an_essential_service_fails_for_long)
{
    const struct image_file files[] = {MODULE("watchdog"), MODULE("softdog"), {0}};
    struct machine machine;

    machine_boot(
        &machine,
        MACHINE(.files = files,
                .pod = POD(
                    "watchdog-requires-healthy = yes\n") "[service bad]\nafter = driver\nessential "
                                                         "= yes\n"
                                                         "command = sh -c 'exec sleep 1000000'\n"
                                                         "health-cmd = false\nhealth-interval = "
                                                         "100ms\n"
                                                         "health-retries = 1\nrestart = always\n"
                                                         "restart-delay = 100s\n"));
    machine_expect(&machine, "nsinit: /dev/watchdog0: stopped feeding the watchdog");
    machine_expect(&machine, BITES);
    machine_wait(&machine);
}
END_TEST

START_TEST(a_watchdog_is_fed_while_only_others_fail)
{
    const struct image_file files[] = {MODULE("watchdog"), MODULE("softdog"), {0}};
    struct machine machine;

    machine_boot(
        &machine,
        MACHINE(.files = files,
                .pod =
                    POD("watchdog-requires-healthy = yes\n") "[service bad]\nafter = driver\n"
                                                             "command = false\nrestart = always\n"
                                                             "restart-delay = 100s\n"
                                                             "[service long]\nafter = "
                                                             "driver\nessential = yes\n"
                                                             "command = sh -c 'sleep 6; echo "
                                                             "lives; poweroff; "
                                                             "exec sleep 1000000'\n"));
    machine_expect(&machine, "lives");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
    ck_assert_lacks(machine_console(&machine), "stopped feeding");
}
END_TEST

TCase *watchdogs_case(void)
{
    return case_of("watchdogs", (const TTest *const[]){
                                    a_watchdog_is_fed_in_time,
                                    a_watchdog_starves_when_an_essential_service_fails_for_long,
                                    a_watchdog_is_fed_while_only_others_fail, NULL});
}
