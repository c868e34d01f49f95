/*
 * disks.c - file systems on a device, which are to be clean when the machine is off
 */
#include "boot/machine.h"

#include <stdio.h>
#include <stdlib.h>

#define COMMAND(...) \
    (&(struct process_options){.arguments = (const char *const[]){__VA_ARGS__, NULL}})

/* The modules that /dev/vda takes, which are not part of the example. */
#define MODULE(name)                                                  \
    {                                                                 \
        "lib/modules/" name ".ko", NULL, built("modules/" name ".ko") \
    }
#define DISK_MODULES                                                          \
    MODULE("virtio_ring"), MODULE("virtio"), MODULE("virtio_pci_modern_dev"), \
        MODULE("virtio_pci_legacy_dev"), MODULE("virtio_pci"), MODULE("virtio_blk")
#define LOAD_DISK                                                                         \
    "for m in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci " \
    "virtio_blk; do insmod /lib/modules/$m.ko || exit; done; "

static int run_program(const struct process_options *options, struct process *process)
{
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    return process_run(process, options);
}

/* A disk with an ext4 file system, with the files of `directory` or NULL. */
static const char *make_disk(const char *directory)
{
    const char *path = scratch("disk");
    struct process process;

    (void)remove(path);
    if (directory != NULL)
        ck_assert_int_eq(
            run_program(COMMAND("mke2fs", "-q", "-t", "ext4", "-d", directory, path, "16M"),
                        &process),
            0);
    else
        ck_assert_int_eq(run_program(COMMAND("mke2fs", "-q", "-t", "ext4", path, "16M"), &process),
                         0);
    return path;
}

/* What a mount has to replay is in the journal: the file system was not unmounted. */
static void assert_is_clean(const char *disk)
{
    struct process process;

    ck_assert_int_eq(run_program(COMMAND("dumpe2fs", "-h", disk), &process), 0);
    ck_assert_contains(process.output.text, "Filesystem state:         clean");
    ck_assert_lacks(process.output.text, "needs_recovery");
    ck_assert_int_eq(run_program(COMMAND("e2fsck", "-f", "-n", disk), &process), 0);
}

START_TEST(file_systems_are_unmounted_before_power_off)
{
    const struct image_file files[] = {DISK_MODULES, {0}};
    const char *disk = make_disk(NULL);
    struct machine machine;

    machine_boot(&machine,
                 MACHINE(.disk = disk, .files = files,
                         .pod = "[pod]\nverbose = 2\n"
                                "[service disk]\ntype = oneshot\n"
                                "command = sh -c '" LOAD_DISK
                                "mkdir /data && mount -t ext4 /dev/vda /data'\n"
                                "[service writer]\nafter = disk\n"
                                "command = sh -c 'echo kept >/data/file; poweroff; "
                                "while :; do echo more >>/data/file; usleep 1000; done'\n"));
    machine_expect(&machine, "nsinit: poweroff was requested");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
    assert_is_clean(disk);
}
END_TEST

/* A process that is no service's any more, ignores TERM, and never closes its file. */
START_TEST(a_process_that_keeps_a_file_system_busy_is_ended_before_it_is_unmounted)
{
    const struct image_file files[] = {
        DISK_MODULES,
        {"bin/writer",
         "#!/bin/sh\ntrap '' TERM\nexec >'/a b/file'\necho begun >&2\n"
         "while :; do echo more; usleep 1000; done\n",
         NULL},
        {0}};
    const char *disk = make_disk(NULL);
    struct machine machine;

    machine_boot(&machine,
                 MACHINE(.disk = disk, .files = files,
                         .pod = "[pod]\nverbose = 2\ndrain = no\n"
                                "[service disk]\ntype = oneshot\ncommand = sh -c '" LOAD_DISK
                                "mkdir \"/a b\" && mount -t ext4 /dev/vda \"/a b\"'\n"
                                "[service parent]\nafter = disk\n"
                                "command = sh -c 'setsid writer & exec sleep 1000000'\n"));
    machine_expect(&machine, "begun");
    machine_press_ctrl_alt_del(&machine);
    machine_expect(&machine, REBOOTED);
    machine_wait(&machine);
    assert_is_clean(disk);
}
END_TEST

START_TEST(a_root_that_is_read_only_is_no_obstacle)
{
    const struct image_file files[] = {
        DISK_MODULES,
        {"stage1",
         "#!/bin/sh\n"
         "mount -t proc proc /proc; mount -t devtmpfs dev /dev\n" LOAD_DISK
         "umount /proc; mkdir /disk; mount -t ext4 -o ro /dev/vda /disk\n"
         "mount --move /dev /disk/dev\n"
         "exec switch_root -c /dev/console /disk /init -v --on-end poweroff --pod /etc/other.ini\n",
         NULL},
        {0}};
    const char *disk = make_disk(built("root"));
    struct machine machine;

    machine_boot(&machine, MACHINE(.disk = disk, .files = files, .arguments = "rdinit=/stage1"));
    machine_expect(&machine, "nsinit: --pod /etc/other.ini: No such file");
    machine_expect(&machine, RESCUE);
    machine_type(&machine, "s");
    machine_expect(&machine, "# \033[6n");
    machine_type(&machine, "touch /file; ls /run/ && echo $(cat /proc/1/comm) is up\n");
    machine_expect(&machine, "Read-only file system");
    machine_expect(&machine, "init is up");
    machine_type(&machine, "exit\n");
    machine_expect(&machine, RESCUE);
    machine_type(&machine, "p");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
    assert_is_clean(disk);
}
END_TEST

/* The root itself can't be unmounted. */
START_TEST(a_root_that_was_written_to_is_clean_in_the_end)
{
    const struct image_file files[] = {
        DISK_MODULES,
        {"stage1",
         "#!/bin/sh\n"
         "mount -t proc proc /proc; mount -t devtmpfs dev /dev\n" LOAD_DISK
         "umount /proc; mkdir /disk; mount -t ext4 /dev/vda /disk\n"
         "mount --move /dev /disk/dev\n"
         "exec switch_root -c /dev/console /disk /init -v --on-end poweroff "
         "sh -c 'echo written >/file && echo done'\n",
         NULL},
        {0}};
    const char *disk = make_disk(built("root"));
    struct machine machine;

    machine_boot(&machine, MACHINE(.disk = disk, .files = files, .arguments = "rdinit=/stage1"));
    machine_expect(&machine, "done");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
    assert_is_clean(disk);
}
END_TEST

TCase *disks_case(void)
{
    return case_of("disks",
                   (const TTest *const[]){
                       file_systems_are_unmounted_before_power_off,
                       a_process_that_keeps_a_file_system_busy_is_ended_before_it_is_unmounted,
                       a_root_that_is_read_only_is_no_obstacle,
                       a_root_that_was_written_to_is_clean_in_the_end, NULL});
}
