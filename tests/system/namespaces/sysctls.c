/*
 * sysctls.c - kernel parameters of a service's namespaces
 */
#include "system/script.h"
#include "system/system.h"

START_TEST(each_key_is_set_in_its_new_namespace_as_sysctl_sets_it_under_unshare)
{
    script_succeeds_for_all(
        "cat >keys <<'EOF'\n"
        "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/lo/rp_filter "
        "/proc/sys/net/ipv4/ip_local_port_range /proc/sys/user/max_pid_namespaces\n"
        "EOF\n"
        "cat /proc/sys/net/ipv4/ip_forward /proc/sys/user/max_pid_namespaces >before\n"
        "unshare -r --net sh -ec 'echo 1 >/proc/sys/net/ipv4/ip_forward\n"
        "echo 2 >/proc/sys/net/ipv4/conf/lo/rp_filter\n"
        "echo 2000 3000 >/proc/sys/net/ipv4/ip_local_port_range\n"
        "echo 7 >/proc/sys/user/max_pid_namespaces; . ./keys' >expected\n"
        "gives 0 ns --unshare user,net --map-root-user --sysctl net.ipv4.ip_forward=1 "
        "--sysctl net/ipv4/conf/lo/rp_filter=2 --sysctl 'net.ipv4.ip_local_port_range=2000 3000' "
        "--sysctl user.max_pid_namespaces=7 -- sh ./keys\n"
        "cmp out expected\n"
        "cat /proc/sys/net/ipv4/ip_forward /proc/sys/user/max_pid_namespaces | cmp - before\n");
}
END_TEST

START_TEST(keys_of_the_ipc_namespace_are_set)
{
    if (lacks_root("keys_of_the_ipc_namespace_are_set"))
        return;
    script_succeeds(0, "gives 0 ns --unshare ipc --sysctl kernel.shmmax=123456 "
                       "--sysctl fs.mqueue.msg_max=11 -- "
                       "cat /proc/sys/kernel/shmmax /proc/sys/fs/mqueue/msg_max\n"
                       "printf '123456\\n11\\n' | cmp - out\n");
}
END_TEST

START_TEST(keys_are_set_before_the_network_and_the_file_systems)
{
    if (lacks_root("keys_are_set_before_the_network_and_the_file_systems"))
        return;
    /* With IPv6 disabled lo has no ::1; the masked /proc of the service is read-only. */
    script_succeeds(0, "gives 0 ns --unshare net,pid,mnt --sysctl net.ipv6.conf.all.disable_ipv6=1 "
                       "-- sh -c 'cat /proc/net/if_inet6; ! echo 0 2>/dev/null "
                       ">/proc/sys/net/ipv6/conf/all/disable_ipv6'\n"
                       "! test -s out\n");
}
END_TEST

START_TEST(a_pod_sets_the_keys_of_the_namespace_that_its_services_share)
{
    if (lacks_root("a_pod_sets_the_keys_of_the_namespace_that_its_services_share"))
        return;
    script_succeeds(0, "cat >pod <<'EOF'\n"
                       "[pod]\nunshare = net\nsysctl = net.ipv4.ip_forward=1\n"
                       "sysctl = net.core.somaxconn=77\n"
                       "[service a]\ncommand = cat /proc/sys/net/ipv4/ip_forward\n"
                       "[service b]\nafter = a\nunshare = ipc\nsysctl = kernel.msgmax=9999\n"
                       "command = cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax\n"
                       "EOF\n"
                       "gives 0 ns -s --control no --pod pod\n"
                       "printf '1\\n77\\n9999\\n' | cmp - out\n"
                       "echo '[service c]\ncommand = true\nsysctl = net.core.somaxconn=1' >>pod\n"
                       "gives 125 ns --pod pod --check\n"
                       "says 'pod:14: [service c] sysctl: needs a new net namespace: add '\n");
}
END_TEST

START_TEST(a_restart_sets_them_again)
{
    if (lacks_root("a_restart_sets_them_again"))
        return;
    script_succeeds(0, "gives 1 ns --unshare ipc --restart on-failure:1 --restart-delay 1ms..1ms "
                       "--sysctl kernel.msgmax=9999 -- sh -c 'cat /proc/sys/kernel/msgmax; "
                       "echo 8888 >/proc/sys/kernel/msgmax; exit 1'\n"
                       "printf '9999\\n9999\\n' | cmp - out\n");
}
END_TEST

START_TEST(a_key_of_the_machine_or_without_its_namespace_is_a_usage_error)
{
    script_succeeds_for_all(
        "gives 125 ns --unshare net --sysctl vm.swappiness=1 -- true\n"
        "says \"nsinit: --sysctl: 'vm.swappiness=1' is not a parameter of a namespace: use "
        "net.*\"\n"
        "gives 125 ns --unshare ipc --sysctl net.ipv4.ip_forward=1 -- true\n"
        "says 'nsinit: --sysctl: needs a new net namespace: add --unshare net'\n"
        "gives 125 ns --enter net=$$ --sysctl net.ipv4.ip_forward=1 -- true\n"
        "says 'nsinit: --sysctl: needs a new net namespace: add --unshare net'\n");
}
END_TEST

START_TEST(a_key_that_cannot_be_set_stops_the_start)
{
    script_succeeds_for_all(
        "gives 125 ns --unshare user,net --map-root-user --sysctl net.ipv4.ip_forwart=1 -- echo\n"
        "says 'nsinit: --sysctl: write /proc/sys/net/ipv4/ip_forwart: No such file or directory'\n"
        "gives 125 ns --unshare user,net --map-root-user --sysctl net.ipv4.ip_forward=x -- echo\n"
        "says 'nsinit: --sysctl: write /proc/sys/net/ipv4/ip_forward: Invalid argument'\n"
        "! test -s out\n");
}
END_TEST

START_TEST(a_read_only_proc_is_named)
{
    if (lacks_root("a_read_only_proc_is_named"))
        return;
    script_succeeds(0, "mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys\n"
                       "gives 125 ns --unshare net --sysctl net.ipv4.ip_forward=1 -- true\n"
                       "says 'write /proc/sys/net/ipv4/ip_forward: Read-only file system'\n"
                       "says '  hint: docker run --security-opt systempaths=unconfined'\n");
}
END_TEST

/* The /proc of an entered mount namespace may be anything. */
START_TEST(the_proc_of_an_entered_mount_namespace_is_not_used)
{
    if (lacks_root("the_proc_of_an_entered_mount_namespace_is_not_used"))
        return;
    script_succeeds(0, "mkdir -p fake/sys/net/ipv4; echo 5 >fake/sys/net/ipv4/ip_forward\n"
                       "mkfifo there never\n"
                       "unshare -m sh -ec 'mount --bind fake /proc; echo $$ >there; read -r x "
                       "<never' & read -r pid <there\n"
                       "gives 0 ns --enter mnt=$! --unshare net --sysctl net.ipv4.ip_forward=1 -- "
                       "cat /proc/sys/net/ipv4/ip_forward\n"
                       "echo 5 | cmp - out\n"
                       "echo >never\n");
}
END_TEST

TCase *sysctls_case(void)
{
    const TTest *const tests[] = {
        each_key_is_set_in_its_new_namespace_as_sysctl_sets_it_under_unshare,
        keys_of_the_ipc_namespace_are_set,
        keys_are_set_before_the_network_and_the_file_systems,
        a_pod_sets_the_keys_of_the_namespace_that_its_services_share,
        a_restart_sets_them_again,
        a_key_of_the_machine_or_without_its_namespace_is_a_usage_error,
        a_key_that_cannot_be_set_stops_the_start,
        a_read_only_proc_is_named,
        the_proc_of_an_entered_mount_namespace_is_not_used,
        NULL};

    return case_of("sysctls", tests);
}
