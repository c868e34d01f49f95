/*
 * mask_proc.c - what a service sees of the machine in its fresh /proc, and what it may change there
 */
#include <unistd.h>

#include "system/script.h"
#include "system/system.h"

/*
 * `is_masked` and `is_open` look at /proc as the program. Which files there are depends on the
 * kernel; of these all kernels have some.
 */
#define LOOK                                                                                     \
    "cat >is_masked <<'END'\n"                                                                   \
    "for f in interrupts kcore keys latency_stats sched_debug timer_list timer_stats; do\n"      \
    "    [ ! -e /proc/$f ] || [ \"$(head -c 9 /proc/$f | wc -c)\" = 0 ]\n"                       \
    "done\n"                                                                                     \
    "for d in /proc/acpi /proc/asound /proc/scsi /sys/firmware /sys/devices/virtual/powercap\n"  \
    "do [ ! -d $d ] || [ -z \"$(ls $d)\" ]; done\n"                                              \
    "for p in bus fs irq sys sysrq-trigger; do\n"                                                \
    "    [ ! -e /proc/$p ] || grep -q \" /proc/$p ro,\" /proc/self/mountinfo\n"                  \
    "done\n"                                                                                     \
    "if echo name >/proc/sys/kernel/hostname; then exit 8; fi\n"                                 \
    "END\n"                                                                                      \
    "cat >is_open <<'END'\n"                                                                     \
    "[ -n \"$(cat /proc/interrupts)\" ]\n"                                                       \
    "if grep -E ' /proc/(sys|irq|bus|keys|interrupts) ' /proc/self/mountinfo; then exit 8; fi\n" \
    "END\n"                                                                                      \
    "chmod 755 $D\n"

START_TEST(root_of_the_machine_sees_little_of_it)
{
    if (lacks_root("root_of_the_machine_sees_little_of_it"))
        return;
    script_succeeds(
        0, LOOK "for way in '' '--user root' '--user 0:0' '--mask-proc' '--mount-proc=/proc'\n"
                "do gives 0 ns --unshare pid,mnt,uts $way -- sh -eu is_masked; done\n"
                "gives 0 ns --unshare pid,mnt --user 7 --mask-proc -- sh -eu is_masked\n"
                "gives 0 ns --unshare mnt --mount-proc -- sh -eu is_masked\n"
                "printf '[service a]\\nunshare = pid,mnt\\ncommand = sh -eu is_masked\\n' >pod\n"
                "gives 0 ns --control no --pod pod\n"
                /* Nothing of it has come out. */
                "gives 0 sh -eu is_open\n");
}
END_TEST

START_TEST(others_see_all_that_there_is)
{
    if (lacks_root("others_see_all_that_there_is"))
        return;
    script_succeeds(
        0, LOOK "for way in '--user 7' '--mask-proc=no'\n"
                "do gives 0 ns --unshare pid,mnt $way -- sh -eu is_open; done\n"
                "gives 0 ns --unshare user,pid,mnt --map-root-user -- sh -eu is_open\n"
                "printf '[pod]\\nunshare = user\\nmap-root-user = yes\\n[service a]\\nunshare = "
                "pid,mnt\\ncommand = sh -eu is_open\\n' >pod\n"
                "gives 0 ns --control no --pod pod\n");
}
END_TEST

/* Docker's way: without CAP_SYS_ADMIN root can't take a mask off. */
START_TEST(a_mask_stays_where_root_lacks_the_capability)
{
    if (lacks_root("a_mask_stays_where_root_lacks_the_capability"))
        return;
    script_succeeds(0, LOOK "gives 0 ns --unshare pid,mnt --cap-drop sys_admin -- sh -euc '\n"
                            "for p in /proc/interrupts /proc/sys /proc; do\n"
                            "    if umount $p || umount -l $p; then exit 8; fi\n"
                            "done\n"
                            "if mount -o remount,bind,rw /proc/sys; then exit 8; fi\n"
                            ". ./is_masked'\n");
}
END_TEST

START_TEST(a_mask_stays_in_a_user_namespace)
{
    script_succeeds_for_all(
        LOOK "gives 0 ns --unshare user,pid,mnt --map-root-user --mask-proc -- sh -euc '\n"
             "for p in /proc/interrupts /proc/sys /proc; do\n"
             "    if umount $p || umount -l $p; then exit 8; fi\n"
             "done\n"
             "if mount -o remount,bind,rw /proc/sys; then exit 8; fi\n"
             "[ $$ = 2 ]\n"
             "if mount -t proc none /mnt; then exit 8; fi\n"
             ". ./is_masked'\n");
}
END_TEST

START_TEST(a_nested_fresh_proc_names_the_way_out)
{
    if (lacks_root("a_nested_fresh_proc_names_the_way_out"))
        return;
    script_succeeds(0, "inner='--unshare user,pid,mnt --map-root-user -- true'\n"
                       "gives 125 ns --unshare pid,mnt -- $BINARY -s $inner\n"
                       "says '--mount-proc /proc: /proc is partly masked (/proc/'\n"
                       "says 'or an outer nsinit with --mask-proc=no'\n"
                       "gives 0 ns --unshare pid,mnt --mask-proc=no -- $BINARY -s $inner\n"
                       "gives 0 ns --unshare pid,mnt -- $BINARY -s --unshare pid,mnt -- true\n");
}
END_TEST

START_TEST(masks_are_made_in_the_new_root)
{
    if (lacks_root("masks_are_made_in_the_new_root"))
        return;
    script_succeeds(0,
                    LOOK "mkdir -p root/proc root/sys root/dev root/usr; cp is_masked root\n"
                         "for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p root/; done\n"
                         "gives 0 ns --unshare pid,mnt,uts --root $D/root --read-only --mount "
                         "type=bind,source=/usr,target=/usr,readonly --mount "
                         "type=bind,source=/sys,target=/sys,readonly -- sh -eu /is_masked\n"
                         "rm -r root/sys; gives 0 ns --unshare pid,mnt,uts --root $D/root --mount "
                         "type=bind,source=/usr,target=/usr -- sh -eu /is_masked\n"
                         "[ ! -e root/sys ]\n");
}
END_TEST

START_TEST(a_proc_of_the_list_is_masked_as_the_fresh_one)
{
    if (lacks_root("a_proc_of_the_list_is_masked_as_the_fresh_one"))
        return;
    script_succeeds(0, LOOK
                    "list='--unshare pid,mnt,uts --mount type=proc,target=/proc,readonly'\n"
                    "gives 0 ns $list -- sh -eu is_masked\n"
                    "gives 0 ns $list --mask-proc=no -- sh -eu is_open\n"
                    "gives 0 ns --unshare mnt,uts --mount type=proc,target=/proc --mask-proc -- sh "
                    "-eu is_masked\n");
}
END_TEST

/* One below a mask was covered by it, silently. */
START_TEST(a_mount_is_laid_over_a_mask)
{
    if (lacks_root("a_mount_is_laid_over_a_mask"))
        return;
    script_succeeds(0, "mkdir own; echo mine >own/file; echo mine >file\n"
                       "gives 0 ns --unshare pid,mnt --mount type=bind,source=own,"
                       "target=/sys/firmware --mount type=bind,source=file,target=/proc/interrupts "
                       "--mount type=bind,source=own,target=/proc/irq -- cat "
                       "/sys/firmware/file /proc/interrupts /proc/irq/file\n"
                       "[ $(grep -c mine out) = 3 ]\n");
}
END_TEST

START_TEST(a_shared_sys_is_not_masked_outside)
{
    if (lacks_root("a_shared_sys_is_not_masked_outside"))
        return;
    script_succeeds(0, LOOK
                    "mount --make-rshared /\n"
                    "for p in shared unchanged slave; do\n"
                    "    gives 0 ns --unshare pid,mnt,uts --propagation $p -- sh -eu is_masked\n"
                    "    never grep -E ' /sys/firmware | /proc/sys ' /proc/self/mountinfo\n"
                    "done\n");
}
END_TEST

START_TEST(without_a_fresh_proc_there_is_nothing_to_mask)
{
    script_succeeds(
        0, "for way in '--unshare mnt' '--unshare pid,mnt --mount-proc=no'\n"
           "do gives 125 ns $way --mask-proc -- true\n"
           "says '--mask-proc: needs a fresh proc: add --unshare pid,mnt or --mount-proc'; done\n"
           "gives 125 ns --mask-proc=no -- true; says '--unshare mnt'\n"
           "gives 125 ns --unshare mnt --mask-proc=maybe -- true; says maybe\n");
}
END_TEST

TCase *mask_proc_case(void)
{
    const TTest *const tests[] = {root_of_the_machine_sees_little_of_it,
                                  others_see_all_that_there_is,
                                  a_mask_stays_where_root_lacks_the_capability,
                                  a_mask_stays_in_a_user_namespace,
                                  a_nested_fresh_proc_names_the_way_out,
                                  masks_are_made_in_the_new_root,
                                  a_proc_of_the_list_is_masked_as_the_fresh_one,
                                  a_mount_is_laid_over_a_mask,
                                  a_shared_sys_is_not_masked_outside,
                                  without_a_fresh_proc_there_is_nothing_to_mask,
                                  NULL};

    return case_of("mask_proc", tests);
}
