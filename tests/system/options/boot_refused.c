/*
 * boot_refused.c - --boot where there is no machine: a container's PID 1 may boot, others may not
 * What takes a real machine is in tests/boot.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "system/system.h"

START_TEST(a_process_other_than_pid_1_may_not_boot)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--boot", "--", "true")), 125);
    ck_assert_str_eq(process.errors.text,
                     "nsinit: --boot: needs PID 1, the first process of a machine\n");
}
END_TEST

START_TEST(help_boots_nothing)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--boot", "--help")), 0);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(a_mistake_in_a_container_ends_it_and_asks_nobody)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--boot", "--pod", "/none")), 125);
    ck_assert_str_eq(process.errors.text, "nsinit: --pod /none: No such file or directory\n");
}
END_TEST

static bool may_not_reboot(const char *test)
{
    if (geteuid() == 0)
        return false;
    skip_test(test, "needs root's CAP_SYS_BOOT");
    return true;
}

/* reboot(2): the parent of a PID namespace's first process sees HUP for a reboot, else INT. */
START_TEST(a_container_ends_as_reboot_2_has_it)
{
    struct process process;

    if (may_not_reboot("a_container_ends_as_reboot_2_has_it"))
        return;
    ck_assert_int_eq(process_run(&process, AS_FIRST("--boot", "--", "sh", "-c", "exit 3")),
                     128 + SIGHUP);
    process_drop(&process);
    ck_assert_int_eq(process_run(&process, AS_FIRST("--boot", "--on-end", "poweroff", "--", "sh",
                                                    "-c", "exit 3")),
                     128 + SIGINT);
}
END_TEST

START_TEST(a_container_that_may_not_reboot_ends_with_the_programs_code)
{
    struct process process;

    if (may_not_reboot("a_container_that_may_not_reboot_ends_with_the_programs_code"))
        return;
    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("setpriv", "--bounding-set=-sys_boot", nsinit_path(),
                                             "--boot", "--", "sh", "-c", "exit 3"),
                        .place = PLACE_FIRST}),
        3);
}
END_TEST

/* The magic close of watchdog-api: "V". Any file can stand for the device. */
START_TEST(a_start_that_fails_disarms_the_watchdog_it_has_armed)
{
    struct process process;
    char device[200];
    char written[8] = "";
    int fd;

    snprintf(device, sizeof device, "%s/watchdog", test_directory());
    fd = open(device, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(
        process_run(&process, AS_FIRST("--pod", pod_file("[pod]\nwatchdog-device = %s\n"
                                                         "control = %s/nowhere/socket\n"
                                                         "[service a]\ncommand = true\n",
                                                         device, test_directory()))),
        125);
    ck_assert_contains(process.errors.text, "--control");
    ck_assert_int_eq(read(fd, written, sizeof written), 1);
    ck_assert_str_eq(written, "V");
    close(fd);
}
END_TEST

TCase *boot_refused_case(void)
{
    return case_of("boot_refused", (const TTest *const[]){
                                       a_process_other_than_pid_1_may_not_boot,
                                       help_boots_nothing,
                                       a_mistake_in_a_container_ends_it_and_asks_nobody,
                                       a_container_ends_as_reboot_2_has_it,
                                       a_container_that_may_not_reboot_ends_with_the_programs_code,
                                       a_start_that_fails_disarms_the_watchdog_it_has_armed,
                                       NULL,
                                   });
}
