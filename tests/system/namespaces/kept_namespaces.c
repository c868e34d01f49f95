/*
 * kept_namespaces.c - --unshare TYPE=PATH undoes what nsinit has done, and nothing else
 */
#include <stdlib.h>
#include <unistd.h>

#include "system/script.h"
#include "system/system.h"

/* How many mounts lie over each other at $D/NAME. */
#define COUNT "count() { grep -c \" $D/$1 \" /proc/self/mountinfo || :; }\n"

START_TEST(a_file_that_was_there_survives_a_failed_start)
{
    if (lacks_root("a_file_that_was_there_survives_a_failed_start"))
        return;
    script_succeeds(0, COUNT "echo precious >file\n"
                             "gives 127 ns --unshare net=$D/file -- /nonexistent\n"
                             "[ \"$(cat file)\" = precious ]; [ $(count file) = 0 ]\n"
                             "gives 127 ns --unshare net=$D/new -- /nonexistent\n"
                             "[ ! -e new ]; [ $(count new) = 0 ]\n"
                             "gives 125 ns --unshare net=$D/new --hook-created false -- true\n"
                             "[ ! -e new ]; [ $(count new) = 0 ]\n");
}
END_TEST

START_TEST(a_foreign_mount_is_neither_covered_nor_detached)
{
    if (lacks_root("a_foreign_mount_is_neither_covered_nor_detached"))
        return;
    script_succeeds(0, COUNT "mkdir dir; mount -t tmpfs none dir; echo mine >dir/file\n"
                             "touch file; mount --bind dir/file file\n"
                             "for p in dir file; do\n"
                             "    gives 125 ns --unshare net=$D/$p -- echo it runs\n"
                             "    says \"--unshare net=$D/$p: another mount is there already\"\n"
                             "    says \"hint: umount $D/$p\"\n"
                             "    [ ! -s out ]; [ $(count $p) = 1 ]\n"
                             "done\n"
                             "[ \"$(cat file dir/file)\" = \"$(printf 'mine\\nmine')\" ]\n");
}
END_TEST

START_TEST(a_namespace_that_another_run_has_kept_stays)
{
    if (lacks_root("a_namespace_that_another_run_has_kept_stays"))
        return;
    script_succeeds(0, COUNT "gives 0 ns --unshare uts=$D/uts --hostname kept -- true\n"
                             "for command in true /nonexistent; do\n"
                             "    gives 125 ns --unshare uts=$D/uts --hostname other -- $command\n"
                             "    says 'a namespace is mounted there already'\n"
                             "    says \"hint: umount $D/uts\"\n"
                             "    [ $(count uts) = 1 ]\n"
                             "done\n"
                             "[ $(nsenter --uts=uts hostname) = kept ]\n"
                             "umount uts\n"
                             "gives 0 ns --unshare uts=$D/uts --hostname other -- true\n"
                             "[ $(nsenter --uts=uts hostname) = other ]\n");
}
END_TEST

/* Its name is the namespace of the run that is on, or was the last one. */
START_TEST(a_restart_replaces_its_own_mount)
{
    if (lacks_root("a_restart_replaces_its_own_mount"))
        return;
    script_succeeds(0, COUNT "ns --unshare uts=$D/uts --restart on-failure:3 "
                             "--restart-delay 1ms..1ms"
                             " -- sh -euc '\n"
                             "[ $(readlink /proc/self/ns/uts) = \"uts:[$(stat -L -c %i uts)]\" ]\n"
                             "echo run >>runs; [ $(wc -l <runs) = 4 ]'\n"
                             "[ $(wc -l <runs) = 4 ]; [ $(count uts) = 1 ]\n");
}
END_TEST

/* nsinit unmounts no mount that another process has put over the name meanwhile. */
START_TEST(a_restart_leaves_alone_what_was_mounted_since)
{
    if (lacks_root("a_restart_leaves_alone_what_was_mounted_since"))
        return;
    script_succeeds(0, COUNT "echo theirs >theirs\n"
                             "gives 125 ns --unshare uts=$D/uts --restart on-failure:1 "
                             "--restart-delay 1ms..1ms"
                             " -- sh -euc 'mount --bind theirs uts; exit 1'\n"
                             "says 'another mount is there already'\n"
                             "[ \"$(cat uts)\" = theirs ]; [ $(count uts) = 2 ]\n");
}
END_TEST

START_TEST(a_symlink_or_a_directory_is_refused)
{
    if (lacks_root("a_symlink_or_a_directory_is_refused"))
        return;
    script_succeeds(
        0, "ln -s target link; mkdir dir; echo target >target\n"
           "gives 125 ns --unshare net=$D/link -- echo it runs; says 'is a symlink'\n"
           "gives 125 ns --unshare net=$D/dir -- echo it runs; says 'is not a regular file'\n"
           "[ $(cat target) = target ]; [ -L link ]; [ -d dir ]\n");
}
END_TEST

/* One of several fails: the others of this start go as well. */
START_TEST(all_names_of_a_failed_start_go)
{
    if (lacks_root("all_names_of_a_failed_start_go"))
        return;
    script_succeeds(0, COUNT "mkdir dir\n"
                             "gives 125 ns --unshare net=$D/net --unshare uts=$D/dir --unshare "
                             "ipc=$D/ipc -- true\n"
                             "[ ! -e net ]; [ ! -e ipc ]; [ $(count net) = 0 ]\n");
}
END_TEST

/* A /run of the test's own, and a look at how often /run/netns is mounted on itself. */
#define OWN_RUN                  \
    "mount -t tmpfs none /run\n" \
    "shared() { grep -c ' /run/netns .* shared:' /proc/self/mountinfo; }\n"

static bool lacks_ip(const char *test)
{
    if (system("command -v ip >/dev/null") == 0)
        return false;
    skip_test(test, "needs ip (iproute2)");
    return true;
}

/* What ip-netns finds is as it makes it itself: it adds and deletes names, those of nsinit too. */
START_TEST(ip_netns_adds_and_deletes_after_nsinit)
{
    if (lacks_root("ip_netns_adds_and_deletes_after_nsinit") ||
        lacks_ip("ip_netns_adds_and_deletes_after_nsinit"))
        return;
    script_succeeds(0, OWN_RUN "gives 0 ns --unshare net=netns:blue -- true\n"
                               "gives 0 ns --unshare net=/run/netns/green -- true\n"
                               "[ $(stat -c %a /run/netns) = 755 ]; [ $(shared) = 1 ]\n"
                               "ip netns add red; [ $(shared) = 1 ]\n"
                               "ip netns exec blue ip link show lo | grep -q UP\n"
                               "ip netns list | grep -q green\n"
                               "ip netns del blue; [ ! -e /run/netns/blue ]\n"
                               "ip netns del green; [ ! -e /run/netns/green ]\n"
                               "ip netns del red; [ ! -e /run/netns/red ]\n"
                               "gives 0 ns --unshare net=netns:blue -- true\n"
                               "[ $(shared) = 1 ]\n");
}
END_TEST

/* A mount namespace that was copied meanwhile holds no name that is deleted. */
START_TEST(a_name_that_is_deleted_goes_in_copied_mount_namespaces_too)
{
    if (lacks_root("a_name_that_is_deleted_goes_in_copied_mount_namespaces_too") ||
        lacks_ip("a_name_that_is_deleted_goes_in_copied_mount_namespaces_too"))
        return;
    script_succeeds(0, OWN_RUN "gives 0 ns --unshare net=netns:blue -- true; mkfifo go\n"
                               "unshare -m --propagation unchanged sh -c 'read -r go <go\n"
                               "    ! grep -q netns/blue /proc/self/mountinfo' &\n"
                               "ip netns del blue; echo >go; wait $!\n");
}
END_TEST

START_TEST(a_named_network_namespace_is_entered_by_its_name)
{
    if (lacks_root("a_named_network_namespace_is_entered_by_its_name"))
        return;
    script_succeeds(0, OWN_RUN
                    "gives 0 ns --unshare net=netns:blue -- readlink /proc/self/ns/net\n"
                    "mv out first\n"
                    "gives 0 ns --enter net=netns:blue -- readlink /proc/self/ns/net\n"
                    "cmp first out\n"
                    "gives 125 ns --unshare net=netns:blue -- true\n"
                    "says '--unshare net=/run/netns/blue: a namespace is mounted there already'\n"
                    "says 'hint: ip netns delete blue, or choose another name'\n");
}
END_TEST

START_TEST(a_name_that_ip_netns_does_not_take_is_refused)
{
    if (lacks_root("a_name_that_ip_netns_does_not_take_is_refused"))
        return;
    script_succeeds(0, OWN_RUN "for name in '' . .. a/b; do\n"
                               "    gives 125 ns --unshare net=netns:$name -- true\n"
                               "    says \"invalid network namespace 'netns:$name'\"\n"
                               "done\n"
                               "gives 125 ns --enter net=netns:../x -- true\n"
                               "says \"invalid network namespace 'netns:../x'\"\n"
                               "gives 125 ns --unshare uts=netns:blue -- true\n"
                               "says \"'netns:blue' is a network namespace: use net=netns:blue\"\n"
                               "[ ! -e /run/netns ]\n");
}
END_TEST

TCase *kept_namespaces_case(void)
{
    const TTest *const tests[] = {a_file_that_was_there_survives_a_failed_start,
                                  a_foreign_mount_is_neither_covered_nor_detached,
                                  a_namespace_that_another_run_has_kept_stays,
                                  a_restart_replaces_its_own_mount,
                                  a_restart_leaves_alone_what_was_mounted_since,
                                  a_symlink_or_a_directory_is_refused,
                                  all_names_of_a_failed_start_go,
                                  ip_netns_adds_and_deletes_after_nsinit,
                                  a_name_that_is_deleted_goes_in_copied_mount_namespaces_too,
                                  a_named_network_namespace_is_entered_by_its_name,
                                  a_name_that_ip_netns_does_not_take_is_refused,
                                  NULL};

    return case_of("kept_namespaces", tests);
}
