/*
 * main.c - the boot tests: machines whose first process nsinit is, in QEMU without acceleration
 * setup makes kernel and initramfs; without it every case is skipped.
 */
#include "boot/machine.h"

#include <unistd.h>

static const char *missing(void)
{
    return access(built("ready"), F_OK) == 0
               ? NULL
               : "no machine: tests/boot/setup has not run, or has said why it can't";
}

int main(int argc, char **argv)
{
    case_maker *const makers[] = {ALL_CASES, NULL};

    return suite_main(&(struct suite){.name = "boot",
                                      .makers = makers,
                                      .missing = missing,
                                      .set_up = scratch_open,
                                      .tear_down = scratch_remove},
                      argc, argv);
}
