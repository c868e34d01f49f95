/*
 * chroot.c - --chroot enters the root without pivot_root(2); tests/boot/initramfs.c needs it
 */
#include "system/isolated_script.h"
#include "system/script.h"
#include "system/system.h"

#define ROOT                                                                   \
    "mkdir -p root/usr root/proc root/tmp; chmod 755 $D\n"                     \
    "for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p root/; done\n" \
    "bind='--mount type=bind,source=/usr,target=/usr'\n"                       \
    "tree() { ns --unshare mnt,pid --root $D/root $bind \"$@\"; }\n"

/* The same tree, mounts and directory as by pivot_root(2). */
START_TEST(the_program_sees_the_same_as_by_pivot_root)
{
    if (lacks_root("the_program_sees_the_same_as_by_pivot_root"))
        return;
    script_succeeds(0, ROOT "show='pwd; ls / /..; cut -d \" \" -f 5,6 /proc/self/mountinfo'\n"
                            "gives 0 tree --read-only -- sh -c \"$show\"; mv out wanted\n"
                            "gives 0 tree --read-only --chroot -- sh -c \"$show\"; cmp out wanted\n"
                            "grep -q \" $D\" /proc/self/mountinfo && exit 1 || :\n");
}
END_TEST

/* chroot(2): a root that may call it leaves a root directory that is no mount over the old one. */
START_TEST(a_second_chroot_does_not_lead_out)
{
    if (lacks_root("a_second_chroot_does_not_lead_out") ||
        lacks_tool("a_second_chroot_does_not_lead_out", "perl"))
        return;
    script_succeeds(0, ROOT
                    "attack='mkdir \"/tmp/x\"; chroot \"/tmp/x\" or die; chdir \"..\" for 1..50; "
                    "chroot \".\"; exit(-e \"'$D'\")'\n"
                    "gives 0 tree --mount type=dev,target=/dev --chroot -- perl -e \"$attack\"\n"
                    "mount --bind /usr root/usr; mount --bind /dev root/dev\n"
                    "gives 1 chroot root perl -e \"$attack\"\n");
}
END_TEST

START_TEST(root_of_a_user_namespace_is_refused)
{
    script_succeeds_for_all(ROOT
                            "gives 125 tree --unshare user --map-root-user --chroot -- echo it "
                            "runs\n"
                            "says '--chroot: root of a user namespace could leave it'\n"
                            "[ ! -s out ]\n");
}
END_TEST

START_TEST(without_a_root_it_has_no_effect)
{
    script_succeeds(0, "gives 0 ns --chroot -- true\n"
                       "says '--chroot: has no effect without --root'\n");
}
END_TEST

TCase *chroot_case(void)
{
    const TTest *const tests[] = {
        the_program_sees_the_same_as_by_pivot_root, a_second_chroot_does_not_lead_out,
        root_of_a_user_namespace_is_refused, without_a_root_it_has_no_effect, NULL};

    return case_of("chroot", tests);
}
