/*
 * netns_files.c - /etc/netns/NAME and /sys in a network namespace with a name, as `ip netns exec`
 */
#include "system/isolated_script.h"
#include "system/script.h"
#include "system/system.h"

/* A /run and an /etc of the test's own, and the namespace blue with files. */
#define BLUE                                                                       \
    "mount -t tmpfs none /run; mkdir etc; cp -a /etc/. etc/\n"                     \
    "echo outside >etc/hostname; mkdir -p etc/netns/blue etc/d etc/netns/blue/d\n" \
    "echo blue >etc/netns/blue/hostname; echo in >etc/netns/blue/d/file\n"         \
    "ln -sfn hostname etc/link; mount --bind etc /etc\n"                           \
    "$BINARY -s --unshare net=netns:blue -- true\n"

#define SHOW "show='cat /etc/hostname /etc/d/file; ls /sys/class/net'\n"

static bool lacks(const char *test)
{
    return lacks_root(test) || lacks_tool(test, "ip");
}

START_TEST(a_program_sees_the_files_and_devices_that_ip_shows)
{
    if (lacks("a_program_sees_the_files_and_devices_that_ip_shows"))
        return;
    script_succeeds(0,
                    BLUE SHOW "gives 0 ip netns exec blue sh -c \"$show\"; mv out wanted\n"
                              "[ \"$(echo $(cat wanted))\" = 'blue in lo' ]\n"
                              "gives 0 ns --enter net=netns:blue --unshare mnt -- sh -c \"$show\"\n"
                              "cmp out wanted; [ ! -s err ]; [ $(cat /etc/hostname) = outside ]\n"
                              "gives 0 ns --enter net=netns:blue --unshare mnt,pid -- sh -c "
                              "\"$show\"; cmp out wanted\n");
}
END_TEST

START_TEST(a_file_without_its_counterpart_is_a_warning_as_ips)
{
    if (lacks("a_file_without_its_counterpart_is_a_warning_as_ips"))
        return;
    script_succeeds(0, BLUE "echo x >/etc/netns/blue/nosuch\n"
                            "gives 0 ip netns exec blue true\n"
                            "says 'Bind /etc/netns/blue/nosuch -> /etc/nosuch failed'\n"
                            "gives 0 ns --enter net=netns:blue --unshare mnt -- true\n"
                            "says '/etc/netns/blue/nosuch: bind to /etc/nosuch: No such file'\n"
                            "[ ! -e /etc/nosuch ]\n");
}
END_TEST

START_TEST(without_a_mount_namespace_there_is_a_hint)
{
    if (lacks_root("without_a_mount_namespace_there_is_a_hint"))
        return;
    script_succeeds(0, BLUE "gives 0 ns --enter net=netns:blue -- cat /etc/hostname\n"
                            "[ $(cat out) = outside ]\n"
                            "says 'main: --enter net=netns:blue: the files of /etc/netns/blue are "
                            "not bound to /etc'\n"
                            "says 'hint: add --unshare mnt'\n"
                            "rm -r /etc/netns/blue\n"
                            "gives 0 ns --enter net=netns:blue -- true; [ ! -s err ]\n");
}
END_TEST

/* The cgroups stay below the new /sys, which is as read-only as the old one. */
START_TEST(the_new_sys_has_the_cgroups_and_stays_read_only)
{
    if (lacks_root("the_new_sys_has_the_cgroups_and_stays_read_only"))
        return;
    script_succeeds(0, BLUE
                    "ls /sys/fs/cgroup >wanted\n"
                    "gives 0 ns --enter net=netns:blue --unshare mnt -- ls /sys/fs/cgroup\n"
                    "cmp out wanted\n"
                    "mount -o remount,bind,ro /sys\n"
                    "gives 0 ns --enter net=netns:blue --unshare mnt -- sh -euc '\n"
                    "! mkdir /sys/fs/cgroup/../x 2>&-; grep \" /sys ro\" /proc/self/mountinfo'\n"
                    "[ $(wc -l <out) = 2 ]\n");
}
END_TEST

/* A user namespace may not show devices of a network namespace of others: the old /sys stays. */
START_TEST(root_of_a_user_namespace_has_the_files_for_good)
{
    if (lacks_root("root_of_a_user_namespace_has_the_files_for_good"))
        return;
    script_succeeds(0,
                    BLUE "gives 0 ns --enter net=netns:blue --unshare user,mnt --map-root-user -- "
                         "sh -euc 'cat /etc/hostname; ! umount /etc/hostname 2>&-'\n"
                         "[ $(cat out) = blue ]; [ ! -s err ]\n");
}
END_TEST

/* The targets are those of the new root, where no symlink leads out. */
START_TEST(a_new_root_has_the_files)
{
    if (lacks_root("a_new_root_has_the_files"))
        return;
    script_succeeds(0, BLUE
                    "mkdir -p root/usr root/proc root/etc; echo tree >root/etc/d\n"
                    "for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p root/; done\n"
                    "ln -s /etc/../../../etc/other root/etc/hostname; echo tree >root/etc/other\n"
                    "gives 0 ns --enter net=netns:blue --unshare mnt --root $D/root "
                    "--mount type=bind,source=/usr,target=/usr -- cat /etc/other\n"
                    "[ $(cat out) = blue ]; [ $(cat root/etc/other) = tree ]\n"
                    "says '/etc/netns/blue/d: bind to /etc/d: '\n");
}
END_TEST

START_TEST(services_in_the_pods_network_have_the_files)
{
    if (lacks_root("services_in_the_pods_network_have_the_files"))
        return;
    script_succeeds(0, BLUE "printf '%s\\n' '[pod]' 'enter = net=netns:blue' '[service one]'"
                            " 'type = oneshot' 'unshare = mnt' 'command = cat /etc/hostname'"
                            " '[service two]' 'type = oneshot' 'unshare = mnt,net'"
                            " 'after = one' 'command = cat /etc/hostname' >pod\n"
                            "gives 0 ns --control no --pod pod\n"
                            "[ \"$(echo $(cat out))\" = 'blue outside' ]; [ ! -s err ]\n");
}
END_TEST

TCase *netns_files_case(void)
{
    const TTest *const tests[] = {a_program_sees_the_files_and_devices_that_ip_shows,
                                  a_file_without_its_counterpart_is_a_warning_as_ips,
                                  without_a_mount_namespace_there_is_a_hint,
                                  the_new_sys_has_the_cgroups_and_stays_read_only,
                                  root_of_a_user_namespace_has_the_files_for_good,
                                  a_new_root_has_the_files,
                                  services_in_the_pods_network_have_the_files,
                                  NULL};

    return case_of("netns_files", tests);
}
