/*
 * mount_locks.c - root of a user namespace of its own can't undo the mounts that it was given
 * Each attack is tried by the service's root with all capabilities in there, in the ways in which
 * there is one: nsinit is started by root or by an ordinary user, and root inside is its caller or
 * another user outside.
 */
#include <stdlib.h>
#include <unistd.h>

#include "system/script.h"
#include "system/system.h"

/* `attacks OPTION... -- SCRIPT` runs the script in each way, which is to end with 0. */
#define ATTACKS                                                                          \
    "chmod 755 $D\n"                                                                     \
    "attacks() {\n"                                                                      \
    "    gives 0 ns --unshare user,mnt,pid --map-root-user \"$@\"\n"                     \
    "    [ $(id -u) != 0 ] ||\n"                                                         \
    "        gives 0 ns --unshare user,mnt,pid --map-users 0:100000:65536 --map-groups " \
    "0:100000:65536 \"$@\"\n"                                                            \
    "}\n"                                                                                \
    "NEVER='never() { if \"$@\" 2>&-; then echo \"it worked: $*\"; exit 8; fi; }\n"      \
    "'\n"

START_TEST(a_readonly_bind_can_not_be_made_writable)
{
    script_succeeds_for_all(
        ATTACKS "mkdir a t; chmod 777 a\n"
                "attacks --mount type=bind,source=$D/a,target=$D/t,readonly -- sh -euc \"$NEVER\n"
                "never mount -o remount,bind,rw t; never mount -o remount,rw t; never touch t/x\n"
                "never umount t; never umount -l t\n"
                "mount --bind t /mnt; never mount -o remount,bind,rw /mnt; never touch /mnt/x\"\n"
                "[ ! -e a/x ]\n");
}
END_TEST

START_TEST(a_read_only_root_can_not_be_made_writable)
{
    script_succeeds_for_all(
        ATTACKS "mkdir -p root/proc root/t root/usr; chmod 777 root/t root\n"
                "for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p root/; done\n"
                "attacks --root $D/root --read-only --mount type=bind,source=/usr,target=/usr -- "
                "sh -euc \"$NEVER\n"
                "never mount -o remount,bind,rw /; never mount -o remount,rw /\n"
                "never touch /t/x; never umount /usr; never umount -l /proc\n"
                "[ \\$PWD = / ]\"\n"
                "[ ! -e root/t/x ]\n");
}
END_TEST

START_TEST(a_file_over_a_secret_can_not_be_taken_off)
{
    script_succeeds_for_all(
        ATTACKS "echo secret >secret; echo cover >cover; mkdir dir; echo secret >dir/secret\n"
                "attacks --mount type=bind,source=$D/cover,target=$D/secret "
                "--mount type=tmpfs,target=$D/dir -- sh -euc \"$NEVER\n"
                "never umount secret; never umount -l secret; never mount --move secret /mnt\n"
                "never umount dir; never umount -l dir; never mount --move dir /mnt\n"
                "mkdir dir/here; never mount --bind . dir/here\n"
                "[ \\$(cat secret) = cover ]; never cat dir/secret\"\n");
}
END_TEST

/* With a mount of its own the fresh proc is locked, too: under it is that of the machine. */
START_TEST(a_proc_can_not_be_taken_off_the_old_one)
{
    script_succeeds_for_all(
        ATTACKS
        "mkdir t\n"
        "attacks --mount type=tmpfs,target=$D/t -- sh -euc \"$NEVER\n"
        "never umount /proc; never umount -l /proc; [ \\$(readlink /proc/self) -lt 20 ]\"\n");
}
END_TEST

/* The rights that the machine has taken away from a mount stay away, wherever it is bound. */
START_TEST(mounts_locked_outside_stay_locked)
{
    if (lacks_root("mounts_locked_outside_stay_locked"))
        return;
    script_succeeds(0, ATTACKS
                    "mkdir host t; mount -t tmpfs -o nosuid,nodev,noexec t host; chmod 777 host\n"
                    "mount -o remount,ro host\n"
                    "attacks --mount type=bind,source=$D/host,target=$D/t -- sh -euc \"$NEVER\n"
                    "for m in host t; do\n"
                    "    never mount -o remount,bind,rw,nosuid,nodev,noexec \\$m\n"
                    "    never mount -o remount,bind,ro,suid,nodev,noexec \\$m\n"
                    "    never mount -o remount,bind,ro,nosuid,dev,noexec \\$m\n"
                    "    never mount -o remount,bind,ro,nosuid,nodev,exec \\$m\n"
                    "done\"\n");
}
END_TEST

/* A pod's user namespace: its services make their mounts inside of it. */
START_TEST(mounts_are_locked_in_the_user_namespace_of_a_pod)
{
    if (lacks_root("mounts_are_locked_in_the_user_namespace_of_a_pod"))
        return;
    script_succeeds(0,
                    "mkdir a t; chmod 755 $D; chmod 777 a\n"
                    "printf '[pod]\\nunshare = user\\nmap-users = 0:100000:1000\\nmap-groups = "
                    "0:100000:1000\\n[service a]\\nunshare = mnt\\nmount = type=bind,source='$D'/a,"
                    "target='$D'/t,readonly\\ncommand = sh -c \"mount -o remount,bind,rw '$D'/t || "
                    "umount -l '$D'/t; touch '$D'/t/x; :\"\\n' >pod\n"
                    "gives 0 ns --control no --pod pod; [ ! -e t/x ]; [ ! -e a/x ]\n");
}
END_TEST

/* What a service's root mounts itself is its own affair, and so is what it does inside. */
START_TEST(a_service_can_unmount_its_own_mounts)
{
    script_succeeds_for_all(
        ATTACKS
        "mkdir a t\n"
        "attacks --mount type=bind,source=$D/a,target=$D/t,readonly -- sh -euc '\n"
        "[ $PWD = '$D' ]; [ $$ = 2 ]\n"
        "mount -t tmpfs t t; touch t/x; mount -o remount,bind,ro t; mount -o remount,bind,rw t\n"
        "umount t; [ ! -e t/x ]; mount -t proc p /mnt; umount /mnt'\n");
}
END_TEST

/* Whose user namespace is the machine's own may undo all: locks are no matter of files. */
START_TEST(without_a_user_namespace_nothing_is_locked)
{
    if (lacks_root("without_a_user_namespace_nothing_is_locked"))
        return;
    script_succeeds(0,
                    "mkdir a t\n"
                    "gives 0 ns --unshare mnt --mount type=bind,source=$D/a,target=$D/t,readonly "
                    "-- sh -euc 'mount -o remount,bind,rw t; touch t/x; umount t'\n");
}
END_TEST

/* A directory that root inside may not enter is not the working directory any more. */
START_TEST(the_working_directory_stays_where_root_may_enter_it)
{
    if (lacks_root("the_working_directory_stays_where_root_may_enter_it"))
        return;
    script_succeeds(
        0, "mkdir -m 700 closed; mkdir t; chmod 755 $D; cd closed\n"
           "for way in '--map-root-user' '--map-users 0:100000:9 --map-groups 0:100000:9'\n"
           "do ns --unshare user,mnt $way --mount type=tmpfs,target=$D/t -- pwd; done >$D/out\n"
           "[ \"$(cat $D/out)\" = \"$(printf '%s\\n/' $D/closed)\" ]\n");
}
END_TEST

/*
 * What only root of the machine may reach: in a closed directory there are a tree, a file, a root
 * and the parts of an overlay.
 */
#define CLOSED                                                                                \
    ATTACKS "mkdir -m 700 closed; mkdir -p t closed/a closed/root/proc closed/root/usr\n"     \
            "mkdir -p closed/l closed/u closed/w; echo text >closed/a/file\n"                 \
            "for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p closed/root/; done\n" \
            "echo lower >closed/l/file; chmod 777 closed/a closed/u closed/w\n"               \
            "chown 7:7 closed; MAPS='--map-users 0:100000:9 --map-groups 0:100000:9'\n"

START_TEST(what_only_root_of_the_machine_may_reach_is_mounted_and_locked)
{
    if (lacks_root("what_only_root_of_the_machine_may_reach_is_mounted_and_locked"))
        return;
    script_succeeds(
        0, CLOSED
        "echo cover >cover\n"
        "attacks --mount type=bind,source=$D/closed/a,target=$D/t,readonly "
        "--mount type=bind,source=closed/a/file,target=$D/cover -- sh -euc \"$NEVER\n"
        "[ \\$(cat t/file cover | grep -c text) = 2 ]; never cat closed/a/file\n"
        "never mount -o remount,bind,rw t; never touch t/x; never umount t; never umount cover\n"
        "mount --bind t /mnt; never mount -o remount,bind,rw /mnt; never touch /mnt/x\"\n"
        "attacks --root $D/closed/root --read-only --mount type=bind,source=/usr,target=/usr -- "
        "sh -euc \"$NEVER\n"
        "[ -e /proc/self ]; never mount -o remount,bind,rw /; never umount /usr\"\n");
}
END_TEST

/* A service that has the place of a source could put one there, and have what it leads to mounted.
 */
START_TEST(no_symbolic_link_of_a_services_leads_to_a_source)
{
    if (lacks_root("no_symbolic_link_of_a_services_leads_to_a_source"))
        return;
    script_succeeds(
        0, CLOSED
        "mkdir given given/sub; chown 100000:100000 given; chmod 755 closed/a; link() {\n"
        "ln -sfn \"$1\" given/$2; chown -h $3:$3 given/$2; }\n"
        "take() { gives $1 ns --unshare user,mnt $MAPS --mount type=bind,source=$D/given/$2,target="
        "$D/t -- cat t/$3; }\n"
        "link $D/closed/a link 100000\n"
        "take 125 link file; ! grep text out; take 125 link/. file; take 125 sub/../link file\n"
        "link link indirect 0; take 125 indirect file\n"
        "link $D/closed own 0; take 0 own/a file; grep text out\n"
        "link ../given/own/a more 0; take 0 more file; grep text out\n"
        "link loop loop 0; take 125 loop file\n");
}
END_TEST

START_TEST(an_overlay_may_lie_where_only_root_of_the_machine_may_reach)
{
    if (lacks_root("an_overlay_may_lie_where_only_root_of_the_machine_may_reach"))
        return;
    script_succeeds(0, CLOSED "gives 0 ns --unshare user,mnt,pid $MAPS --mount "
                              "type=overlay,lowerdir=$D/closed/l,upperdir=$D/closed/u,workdir="
                              "$D/closed/w,target=$D/t -- sh -euc '[ $(cat t/file) = lower ]; echo "
                              "upper >t/new; ! umount t'\n"
                              "[ $(cat closed/u/new) = upper ]\n");
}
END_TEST

START_TEST(a_pods_services_mount_what_only_root_of_the_machine_may_reach)
{
    if (lacks_root("a_pods_services_mount_what_only_root_of_the_machine_may_reach"))
        return;
    script_succeeds(
        0,
        CLOSED "printf '[pod]\\nunshare = user\\nmap-users = 0:100000:9\\nmap-groups = 0:100000:9"
               "\\n[service a]\\nunshare = mnt\\nmount = type=bind,source='$D'/closed/a,target="
               "'$D'/t,readonly\\ncommand = grep -q text '$D'/t/file\\nessential = yes\\n' >pod\n"
               "gives 0 ns --control no --pod pod\n");
}
END_TEST

/* A copy that root of the machine makes is a peer of what it is a copy of. */
START_TEST(a_mount_below_a_source_never_comes_out_of_a_user_namespace)
{
    if (lacks_root("a_mount_below_a_source_never_comes_out_of_a_user_namespace"))
        return;
    script_succeeds(
        0, CLOSED "mount -t tmpfs t closed/a; mkdir closed/a/in; mount --make-rshared /\n"
                  "for p in '' ,bind-propagation=rshared ,bind-propagation=rslave; do\n"
                  "for q in private shared unchanged slave; do\n"
                  "    gives 0 ns --unshare user,mnt,pid --map-root-user --propagation $q --mount "
                  "type=bind,source=$D/closed/a,target=$D/t$p -- mount -t tmpfs x t/in\n"
                  "    never grep closed/a/in /proc/self/mountinfo\n"
                  "done; done; umount closed/a\n");
}
END_TEST

/* Of nsinit, its inner init and the program. */
START_TEST(no_source_stays_open)
{
    if (lacks_root("no_source_stays_open"))
        return;
    script_succeeds(
        0, CLOSED
        "mkfifo go; chmod 666 go\n"
        "$BINARY -s --unshare user,mnt,pid $MAPS --mount type=bind,source=$D/closed/a,target=$D/t "
        "--mount type=overlay,lowerdir=$D/closed/l,upperdir=$D/closed/u,workdir=$D/closed/w,"
        "target=/mnt -- sh -c 'echo >go; exec sleep 1000' & read line <go\n"
        "read init _ </proc/$!/task/$!/children || :\n"
        "read program _ </proc/$init/task/$init/children || :\n"
        "for p in $! $init $program; do for f in /proc/$p/fd/*; do\n"
        "    case $(readlink $f) in $D*|/|/proc/*|/mnt) readlink $f; exit 8;; esac\n"
        "done; done; kill -KILL $init; wait $! || :\n");
}
END_TEST

/* What a user's own groups may reach, though newgidmap's namespace has none of them. */
START_TEST(a_user_with_ranges_mounts_what_its_groups_may_reach)
{
    if (lacks_root("a_user_with_ranges_mounts_what_its_groups_may_reach") ||
        lacks_ranges("a_user_with_ranges_mounts_what_its_groups_may_reach"))
        return;
    script_succeeds(
        0, CLOSED USER_WITH_RANGES
        "chown root:4444 closed; chmod 750 closed\n"
        "gives 0 setpriv --reuid 54321 --regid 54321 --groups 4444 $BINARY -s --unshare "
        "user,mnt,pid --map-auto --mount type=bind,source=$D/closed/a,target=$D/t -- "
        "grep -q text t/file\n");
}
END_TEST

TCase *mount_locks_case(void)
{
    const TTest *const tests[] = {a_readonly_bind_can_not_be_made_writable,
                                  a_read_only_root_can_not_be_made_writable,
                                  a_file_over_a_secret_can_not_be_taken_off,
                                  a_proc_can_not_be_taken_off_the_old_one,
                                  mounts_locked_outside_stay_locked,
                                  mounts_are_locked_in_the_user_namespace_of_a_pod,
                                  a_service_can_unmount_its_own_mounts,
                                  without_a_user_namespace_nothing_is_locked,
                                  the_working_directory_stays_where_root_may_enter_it,
                                  what_only_root_of_the_machine_may_reach_is_mounted_and_locked,
                                  no_symbolic_link_of_a_services_leads_to_a_source,
                                  an_overlay_may_lie_where_only_root_of_the_machine_may_reach,
                                  a_pods_services_mount_what_only_root_of_the_machine_may_reach,
                                  a_mount_below_a_source_never_comes_out_of_a_user_namespace,
                                  no_source_stays_open,
                                  a_user_with_ranges_mounts_what_its_groups_may_reach,
                                  NULL};

    return case_of("mount_locks", tests);
}
