/*
 * rescue.c - a machine that can't be booted as it was meant: who is at the console can help
 */
#include "boot/machine.h"

#define BROKEN "[pod]\nhostnam = box\n"
#define POWEROFF "[pod]\non-end = poweroff\nverbose = 2\n"

static void boot_broken(struct machine *machine)
{
    machine_boot(machine, MACHINE(.pod = BROKEN));
    machine_expect(machine, RESCUE);
}

START_TEST(a_broken_pod_file_is_named_and_asks_at_the_console)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.pod = BROKEN));
    machine_expect(&machine, "nsinit: /etc/nsinit.ini:2: [pod] hostnam: unknown key 'hostnam'; did "
                             "you mean hostname?");
    machine_expect(&machine, RESCUE);
    machine_type(&machine, "p");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

START_TEST(rescue_reboots)
{
    struct machine machine;

    boot_broken(&machine);
    machine_type(&machine, "r");
    machine_expect(&machine, REBOOTED);
    machine_wait(&machine);
}
END_TEST

START_TEST(rescue_halts)
{
    struct machine machine;

    boot_broken(&machine);
    machine_type(&machine, "h");
    machine_expect(&machine, HALTED);
    machine_drop(&machine);
}
END_TEST

START_TEST(rescue_asks_again_for_any_other_key)
{
    struct machine machine;

    boot_broken(&machine);
    machine_type(&machine, "x");
    machine_expect(&machine, RESCUE);
    machine_type(&machine, "p");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

START_TEST(rescue_gives_a_shell_with_job_control_and_asks_again_after_it)
{
    struct machine machine;

    boot_broken(&machine);
    machine_type(&machine, "s");
    machine_expect(&machine, "# \033[6n");
    machine_type(&machine, "echo my parent is $PPID, $(mount | grep -c ^proc) proc\n");
    machine_expect(&machine, "my parent is 1, 1 proc");
    machine_type(&machine, "exit\n");
    machine_expect(&machine, RESCUE);
    ck_assert_lacks(machine_console(&machine), "job control turned off");
    machine_type(&machine, "p");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

START_TEST(rescue_is_told_of_a_missing_pod_file)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.arguments = "-- --pod /etc/none.ini"));
    machine_expect(&machine, "nsinit: --pod /etc/none.ini: No such file or directory");
    machine_expect(&machine, RESCUE);
    machine_type(&machine, "p");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

START_TEST(ctrl_alt_del_in_rescue_reboots)
{
    struct machine machine;

    boot_broken(&machine);
    machine_press_ctrl_alt_del(&machine);
    machine_expect(&machine, REBOOTED);
    machine_wait(&machine);
}
END_TEST

START_TEST(poweroff_in_the_shell_of_rescue_turns_it_off)
{
    struct machine machine;

    boot_broken(&machine);
    machine_type(&machine, "s");
    machine_expect(&machine, "# \033[6n");
    machine_type(&machine, "poweroff\n");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

START_TEST(words_that_boot_loaders_add_are_left_alone)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.pod = POWEROFF "[service one]\ncommand = sh -c 'echo up'\n",
                                   .arguments = "splash auto BOOT_IMAGE=/vmlinuz some.module=1"));
    machine_expect(&machine, "nsinit: one: started");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

START_TEST(a_variable_of_the_kernels_command_line_is_an_option)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.pod = "[service one]\ncommand = true\n",
                                   .arguments = "NSINIT_ON_END=poweroff NSINIT_VERBOSE=2"));
    machine_expect(&machine, "nsinit: one: started");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

/* Nothing of nsinit's can be seen then; a service finds the port by itself. */
START_TEST(a_machine_without_a_console_boots)
{
    struct machine machine;

    machine_boot(&machine,
                 MACHINE(.pod = POWEROFF "[service one]\ncommand = sh -c 'echo up >/dev/ttyS0'\n",
                         .console = "ttyS3"));
    machine_expect(&machine, "up");
    machine_wait(&machine);
}
END_TEST

START_TEST(a_service_that_can_not_start_leaves_the_others_and_the_machine_alone)
{
    struct machine machine;

    machine_boot(&machine,
                 MACHINE(.pod = POWEROFF "[service missing]\ncommand = /bin/none\n"
                                         "[service one]\ncommand = sh -c 'echo I run'\n"));
    machine_expect(&machine, "nsinit: missing: exec /bin/none: no such file");
    machine_expect(&machine, "I run");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

TCase *rescue_case(void)
{
    return case_of("rescue",
                   (const TTest *const[]){
                       a_broken_pod_file_is_named_and_asks_at_the_console, rescue_reboots,
                       rescue_halts, rescue_asks_again_for_any_other_key,
                       rescue_gives_a_shell_with_job_control_and_asks_again_after_it,
                       rescue_is_told_of_a_missing_pod_file, ctrl_alt_del_in_rescue_reboots,
                       poweroff_in_the_shell_of_rescue_turns_it_off,
                       words_that_boot_loaders_add_are_left_alone,
                       a_variable_of_the_kernels_command_line_is_an_option,
                       a_machine_without_a_console_boots,
                       a_service_that_can_not_start_leaves_the_others_and_the_machine_alone, NULL});
}
