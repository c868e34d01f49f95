/*
 * boards.c - the example on other machines than a PC
 */
#include "boot/machine.h"

#include <unistd.h>

START_TEST(the_example_runs_on_arm64)
{
    struct machine machine;

    if (access(built_for(&arm64, "ready"), F_OK) < 0) {
        skip_test("the_example_runs_on_arm64",
                  "takes contrib/cross aarch64 and qemu-system-aarch64 (qemu-system-arm)");
        return;
    }
    machine_boot(&machine, MACHINE(.board = &arm64));
    machine_expect(&machine, "reader | The page of a server");
    machine_expect(&machine, "box login:");
    machine_type(&machine, "root\n");
    machine_expect(&machine, "# \033[6n");
    machine_type(&machine, "echo an $(uname -m) of $(nsctl status | grep -c running) services\n");
    machine_expect(&machine, "an aarch64 of 3 services");
    machine_type(&machine, "nsctl poweroff\n");
    machine_expect(&machine, "nsinit: web: ended");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
}
END_TEST

TCase *boards_case(void)
{
    return case_of("boards", (const TTest *const[]){the_example_runs_on_arm64, NULL});
}
