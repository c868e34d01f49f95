/*
 * initramfs.c - nsinit as an ordinary program in an initramfs, whose root can't be moved
 */
#include "boot/machine.h"

/* The initramfs's first process. */
#define SCRIPT                                                                   \
    "#!/bin/sh\n"                                                                \
    "mount -t proc proc /proc; mount -t devtmpfs dev /dev\n"                     \
    "mkdir -p /new/bin /new/proc; cp /bin/busybox /new/bin/sh\n"                 \
    "run() { /init -s --unshare mnt,pid --root /new \"$@\"; }\n"                 \
    "run -- /bin/sh -c 'echo it runs'\n"                                         \
    "run --chroot -- /bin/sh -c 'echo \"root:\" /* /../*'\n"                     \
    "run --chroot --read-only -- /bin/sh -c 'echo x >/file'\n"                   \
    "run --chroot --unshare user --map-root-user -- /bin/sh -c 'echo it runs'\n" \
    "poweroff -f\n"

START_TEST(chroot_takes_the_place_of_pivot_root)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.arguments = "rdinit=/bin/script",
                                   .files = (const struct image_file[]){
                                       {"bin/script", SCRIPT, NULL}, {NULL, NULL, NULL}}));
    machine_expect(&machine, "--root /new: pivot_root: Invalid argument");
    machine_expect(&machine, "hint: in an initramfs, add --chroot");
    machine_expect(&machine, "root: /bin /proc /../bin /../proc");
    machine_expect(&machine, "/file: Read-only file system");
    machine_expect(&machine, "--chroot: root of a user namespace could leave it");
    machine_wait(&machine);
    ck_assert_ptr_null(strstr(machine.qemu.output.text, "it runs"));
}
END_TEST

TCase *initramfs_case(void)
{
    const TTest *const tests[] = {chroot_takes_the_place_of_pivot_root, NULL};

    return case_of("initramfs", tests);
}
