/*
 * endings.c - how a machine ends: by a signal, by nsctl, with its pod, in a hurry
 */
#include "boot/machine.h"

/* A service that does one thing, and then waits for the end. */
#define POD_OF(command) \
    "[pod]\nverbose = 2\n[service one]\ncommand = sh -c '" command "; exec sleep 1000000'\n"

/* A pod that ends by itself. */
#define POD_ENDING(on_end) "[pod]\nverbose = 2\n" on_end "[service one]\ncommand = true\n"

static void boot_to_the_end(const char *pod, const char *first, const char *last)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.pod = pod));
    machine_expect(&machine, first);
    machine_expect(&machine, last);
    machine_wait(&machine);
}

static void boot_to_a_halt(const char *pod, const char *first)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.pod = pod));
    machine_expect(&machine, first);
    machine_expect(&machine, HALTED);
    ck_assert(!process_has_ended(&machine.qemu));
    machine_drop(&machine);
}

START_TEST(usr2_turns_it_off_as_busybox_poweroff_sends_it)
{
    boot_to_the_end(POD_OF("poweroff"), "nsinit: poweroff was requested", OFF);
}
END_TEST

START_TEST(term_reboots_it_as_busybox_reboot_sends_it)
{
    boot_to_the_end(POD_OF("reboot"), "nsinit: reboot was requested", REBOOTED);
}
END_TEST

START_TEST(usr1_halts_it_as_busybox_halt_sends_it)
{
    boot_to_a_halt(POD_OF("halt"), "nsinit: halt was requested");
}
END_TEST

START_TEST(nsctl_reboots_it)
{
    boot_to_the_end(POD_OF("nsctl reboot"), "nsinit: reboot was requested", REBOOTED);
}
END_TEST

START_TEST(nsctl_halts_it)
{
    boot_to_a_halt(POD_OF("nsctl halt"), "nsinit: halt was requested");
}
END_TEST

START_TEST(a_pod_that_ends_reboots_it)
{
    boot_to_the_end(POD_ENDING(""), "nsinit: one: ended", REBOOTED);
}
END_TEST

START_TEST(a_pod_that_ends_turns_it_off_where_that_is_said)
{
    boot_to_the_end(POD_ENDING("on-end = poweroff\n"), "nsinit: one: ended", OFF);
}
END_TEST

START_TEST(a_pod_that_ends_halts_it_where_that_is_said)
{
    boot_to_a_halt(POD_ENDING("on-end = halt\n"), "nsinit: one: ended");
}
END_TEST

START_TEST(a_pod_that_ends_asks_at_the_console_where_that_is_said)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.pod = POD_ENDING("on-end = rescue\n")));
    machine_expect(&machine, "nsinit: one: ended");
    machine_expect(&machine, RESCUE);
    machine_type(&machine, "p");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

#define STUBBORN(schedule)                         \
    "[pod]\nverbose = 2\n[service one]\n" schedule \
    "command = sh -c 'trap \"echo no\" TERM; echo here; while :; do sleep 1; done'\n"

START_TEST(a_second_ctrl_alt_del_hurries)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.pod = STUBBORN("stop = TERM/100000/KILL\n")));
    machine_expect(&machine, "here");
    machine_press_ctrl_alt_del(&machine);
    machine_expect(&machine, "nsinit: one: stop: TERM");
    machine_press_ctrl_alt_del(&machine);
    machine_expect(&machine, "nsinit: one: stop: KILL");
    machine_expect(&machine, REBOOTED);
    machine_wait(&machine);
}
END_TEST

START_TEST(a_service_that_ignores_term_is_killed_in_the_end)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.pod = STUBBORN("stop = TERM/1/KILL\n")));
    machine_expect(&machine, "here");
    machine_press_ctrl_alt_del(&machine);
    machine_expect(&machine, "nsinit: one: stop: TERM");
    machine_expect(&machine, "nsinit: one: stop: KILL");
    machine_expect(&machine, REBOOTED);
    machine_wait(&machine);
}
END_TEST

START_TEST(a_single_program_turns_it_off_when_it_ends)
{
    struct machine machine;

    machine_boot(&machine,
                 MACHINE(.arguments = "-- --on-end poweroff /bin/sh -c \"echo I am $$\""));
    machine_expect(&machine, "I am ");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

TCase *endings_case(void)
{
    return case_of("endings",
                   (const TTest *const[]){usr2_turns_it_off_as_busybox_poweroff_sends_it,
                                          term_reboots_it_as_busybox_reboot_sends_it,
                                          usr1_halts_it_as_busybox_halt_sends_it, nsctl_reboots_it,
                                          nsctl_halts_it, a_pod_that_ends_reboots_it,
                                          a_pod_that_ends_turns_it_off_where_that_is_said,
                                          a_pod_that_ends_halts_it_where_that_is_said,
                                          a_pod_that_ends_asks_at_the_console_where_that_is_said,
                                          a_second_ctrl_alt_del_hurries,
                                          a_service_that_ignores_term_is_killed_in_the_end,
                                          a_single_program_turns_it_off_when_it_ends, NULL});
}
