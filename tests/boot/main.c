/*
 * main.c - the boot tests: machines whose first process nsinit is, in QEMU without acceleration
 * setup makes kernel and initramfs; without it every case is skipped.
 */
#include "boot/machine.h"

#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    case_maker *const makers[] = {example_case, older_case,     endings_case, rescue_case,
                                  disks_case,   watchdogs_case, boards_case,  NULL};
    int exit_code;

    if (access(built("ready"), F_OK) < 0) {
        skip_test(getenv("CK_RUN_CASE") ? getenv("CK_RUN_CASE") : "all",
                  "no machine: tests/boot/setup has not run, or has said why it can't");
        return EXIT_SKIPPED;
    }
    if (!scratch_open())
        return EXIT_FAILURE;
    exit_code = run_cases("boot", makers);
    scratch_remove();
    return exit_code;
}
