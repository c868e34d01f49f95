/*
 * netdevs.c - devices of the host in a service's network
 * Each test has a network namespace of its own as the outside, with the ends out0 and out1 of a
 * pair in the place of physical devices.
 */
#include <sched.h>
#include <stdlib.h>

#include "system/isolated_script.h"
#include "system/script.h"

#define TWO_DEVICES                                                                                  \
    "ip link add out0 type veth peer out1; ip link set out0 up; ip link set out1 up\n" /* A device   \
                                                                                          comes      \
                                                                                          back       \
                                                                                          down,      \
                                                                                          and        \
                                                                                          without    \
                                                                                          addresses. \
                                                                                        */           \
    "links() { ip -o link | sed 's/ mtu.*link/ link/; s/<.*>//; s/^[0-9]*: //' | sort; }\n"          \
    "links >before\n"                                                                                \
    "is_back() { links | diff before - >&2; }\n"

static bool lacks_outside(const char *test)
{
    if (lacks_root(test) || lacks_tool(test, "ip") || lacks_tool(test, "ping"))
        return true;
    ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
    return false;
}

START_TEST(a_device_moves_inside_as_by_ip_and_comes_back)
{
    if (lacks_outside("a_device_moves_inside_as_by_ip_and_comes_back"))
        return;
    script_succeeds(
        0, TWO_DEVICES
        "mkfifo up end\n"
        "unshare -n sh -c 'echo >up; read -r x <end' & read -r x <up\n"
        "inner() { nsenter -n -t $! \"$@\"; }\n"
        "ip link set out0 netns $!; inner ip link set out0 name lan\n"
        "inner ip address add 10.0.0.2/24 brd + dev lan; inner ip link set lan up\n"
        "inner ip -o address show dev lan scope global >expected\n"
        "inner ip -o link show dev lan >>expected\n"
        "inner ip link set lan name out0; inner ip link set out0 netns $$; echo >end; wait\n"
        "ip link set out0 up; ip address add 10.0.0.1/24 dev out1; links >before\n"
        "gives 0 ns --unshare net --netdev move=out0,name=lan,address=10.0.0.2/24 -- sh -c "
        "'ip -o address show dev lan scope global; ip -o link show dev lan; ping -n -q -c 1 -W 10 "
        "10.0.0.1 >ping'\n"
        "diff expected out >&2; is_back\n"
        "test -z \"$(ip -o address show dev out0)\"\n");
}
END_TEST

START_TEST(it_comes_back_under_its_name_after_any_run)
{
    if (lacks_outside("it_comes_back_under_its_name_after_any_run"))
        return;
    script_succeeds(
        0, TWO_DEVICES
        /* A program that renames it, is killed, or leaves a process behind; two restarts. */
        "gives 0 ns --unshare net --netdev move=out0 -- sh -c "
        "'ip link set out0 down; ip link set out0 name mine; ip link set mine up'; is_back\n"
        "gives 137 ns --unshare net --netdev move=out0 -- sh -c 'kill -9 $$'; is_back\n"
        "gives 0 ns --unshare net,pid --netdev move=out0 -- sh -c 'sleep 1000 & true'; is_back\n"
        "mkfifo up\n"
        "gives 0 $BINARY --unshare net --netdev move=out0 -- sh -c "
        "'setsid sh -c \"echo >up; exec sleep 1000\" >&- 2>&- & read -r x <up; echo $!'; is_back; "
        "kill $(cat out)\n"
        "gives 3 ns --unshare net --netdev move=out0,name=eth0 --restart on-failure:2 "
        "--restart-delay 1ms..1ms -- sh -c 'ip -o link show dev eth0; exit 3'\n"
        "[ $(grep -c eth0@ out) = 3 ]; is_back\n");
}
END_TEST

START_TEST(it_comes_back_after_a_failed_start)
{
    if (lacks_outside("it_comes_back_after_a_failed_start"))
        return;
    script_succeeds(
        0, TWO_DEVICES
        "gives 127 ns --unshare net --netdev move=out0 -- ./missing; is_back\n"
        "gives 125 ns --unshare net --netdev move=out0,name=lo -- true; is_back\n"
        "says 'nsinit: --netdev lo: use the device out0: File exists'\n"
        "gives 125 ns --unshare net --netdev move=out0 --netdev move=out7 -- true; is_back\n"
        "says 'nsinit: --netdev out7: use the device out7: No such device'\n"
        "gives 125 ns --unshare net --netdev move=out0,address=10.0.0.2/24,route=10.0.0.0/24 -- "
        "true; is_back\n"
        "says 'nsinit: --netdev out0: add the route to 10.0.0.0: File exists'\n"
        "gives 125 ns --unshare net --netdev move=out0 --hook-created 'exit 1' -- true; is_back\n"
        "gives 125 ns --unshare net --netdev move=lo -- true; is_back\n"
        "says 'nsinit: --netdev lo: use the device lo: Invalid argument'\n"
        "gives 125 ns --netdev move=out0 -- true; is_back\n"
        "says 'nsinit: --netdev: needs a new net namespace: add --unshare net'\n");
}
END_TEST

START_TEST(a_macvlan_is_as_by_ip_and_goes_with_its_run)
{
    if (lacks_outside("a_macvlan_is_as_by_ip_and_goes_with_its_run"))
        return;
    script_succeeds(
        0, TWO_DEVICES
        "mkfifo up end\n"
        "unshare -n sh -c 'echo >up; read -r x <end' & read -r x <up\n"
        "inner() { nsenter -n -t $! \"$@\"; }\n"
        "ip link add link out0 name eth0 netns $! address 02:00:00:00:00:07 mtu 1400 "
        "type macvlan mode bridge; inner ip link set eth0 up\n"
        "inner ip -d -o link show dev eth0 2>&1 >expected; inner ip link delete eth0\n"
        "echo >end; wait\n"
        "grep -q 'macvlan mode bridge' expected\n"
        "gives 0 ns --unshare net --netdev macvlan=out0,mac=02:00:00:00:00:07,mtu=1400 -- "
        "ip -d -o link show dev eth0\n"
        "diff expected out >&2; is_back\n"
        /* The address is free again at once. */
        "ip address add 10.0.0.1/24 dev out1\n"
        "gives 3 ns --unshare net --netdev macvlan=out0,address=10.0.0.2/24 "
        "--restart on-failure:3 --restart-delay 1ms..1ms -- "
        "sh -c 'ping -n -q -c 1 -W 10 10.0.0.1 >ping && echo it ran; exit 3'\n"
        "[ $(grep -c ran out) = 4 ]; is_back\n");
}
END_TEST

static bool has_ipvlan(void)
{
    return system("ip link add out0 type veth peer out1; "
                  "ip link add link out0 name x type ipvlan mode l2 2>/dev/null; code=$?; "
                  "ip link delete out0; exit $code") == 0;
}

START_TEST(an_ipvlan_has_the_hardware_address_of_its_device)
{
    if (lacks_outside("an_ipvlan_has_the_hardware_address_of_its_device"))
        return;
    if (!has_ipvlan()) {
        skip_test("an_ipvlan_has_the_hardware_address_of_its_device", "needs ipvlan in the kernel");
        return;
    }
    script_succeeds(
        0, TWO_DEVICES
        "ip address add 10.0.0.1/24 dev out1\n"
        "gives 3 ns --unshare net --netdev ipvlan=out0,address=10.0.0.2/24 "
        "--restart on-failure:2 --restart-delay 1ms..1ms -- sh -c "
        "'ip -d -o link show dev eth0; ping -n -q -c 1 -W 10 10.0.0.1 >ping && echo it ran; "
        "exit 3'\n"
        "[ $(grep -c ran out) = 3 ]; grep -q 'ipvlan *mode l2' out\n"
        "grep -q $(cat /sys/class/net/out0/address) out; is_back\n");
}
END_TEST

START_TEST(a_kernel_without_the_kind_is_named)
{
    if (lacks_outside("a_kernel_without_the_kind_is_named"))
        return;
    if (has_ipvlan()) {
        skip_test("a_kernel_without_the_kind_is_named", "the kernel has ipvlan");
        return;
    }
    script_succeeds(
        0, TWO_DEVICES
        "gives 125 ns --unshare net --netdev ipvlan=out0 -- true\n"
        "says 'nsinit: --netdev eth0: use the device out0: '\n"
        "says '  hint: the kernel lacks the module: modprobe macvlan ipvlan'; is_back\n");
}
END_TEST

START_TEST(a_pod_and_its_services_have_devices)
{
    if (lacks_outside("a_pod_and_its_services_have_devices"))
        return;
    /* The pod's own device is the outside of its service's. */
    script_succeeds(0, TWO_DEVICES "cat >pod <<'EOF'\n"
                                   "[pod]\nunshare = net\nnetdev = move=out0,name=lan\n"
                                   "[service a]\nunshare = net,pid\n"
                                   "netdev = move=lan,name=wan,address=10.0.0.2/24\n"
                                   "command = ip -o -4 address show dev wan\n"
                                   "[service b]\nafter = a\ncommand = ip -o link show dev lan\n"
                                   "essential = yes\n"
                                   "EOF\n"
                                   "sed -i 's/^command = ip -o -4.*/&\\ntype = oneshot/' pod\n"
                                   "gives 0 ns --control no --pod pod\n"
                                   "grep -q 10.0.0.2/24 out; grep -q lan@ out; is_back\n"
                                   "gives 0 $BINARY --control no --pod pod; is_back\n");
}
END_TEST

START_TEST(an_ordinary_user_moves_devices_between_services_and_not_the_hosts)
{
    if (lacks_outside("an_ordinary_user_moves_devices_between_services_and_not_the_hosts"))
        return;
    script_succeeds(ORDINARY_USER,
                    "gives 125 ns --unshare user,net --map-root-user --netdev macvlan=lo -- true\n"
                    "says 'nsinit: --netdev eth0: use the device lo: Operation not permitted'\n"
                    "says '  hint: CAP_NET_ADMIN is missing: docker run --cap-add NET_ADMIN'\n"
                    "cat >pod <<'EOF'\n"
                    "[pod]\nunshare = user,net\nmap-root-user = yes\n"
                    "[service a]\nunshare = net\nveth = host=lan0,address=10.0.0.2/24\n"
                    "command = sleep 1000\nstop = KILL\n"
                    "[service b]\nafter = a\nunshare = net,pid\ntype = oneshot\n"
                    "netdev = move=lan0,address=10.0.0.1/24\n"
                    "command = ping -n -q -c 1 -W 10 10.0.0.2\n"
                    "[service c]\nafter = b\ncommand = ip -o link show dev lan0\nessential = yes\n"
                    "EOF\n"
                    "gives 0 ns --control no --pod pod; grep -q lan0@ out\n");
}
END_TEST

START_TEST(a_device_that_the_service_has_moved_on_is_a_warning)
{
    if (lacks_outside("a_device_that_the_service_has_moved_on_is_a_warning"))
        return;
    script_succeeds(
        0, TWO_DEVICES
        "mkfifo up\n"
        "gives 0 ns --unshare net,pid,mnt --netdev move=out0 -- sh -c 'unshare -n sh -c "
        "\"echo >up; exec sleep 1000\" & read -r x <up; ip link set out0 netns $!'\n"
        "says 'nsinit: --netdev out0: move the device out0 back: No such device'\n");
}
END_TEST

TCase *netdevs_case(void)
{
    const TTest *const tests[] = {a_device_moves_inside_as_by_ip_and_comes_back,
                                  it_comes_back_under_its_name_after_any_run,
                                  it_comes_back_after_a_failed_start,
                                  a_device_that_the_service_has_moved_on_is_a_warning,
                                  a_macvlan_is_as_by_ip_and_goes_with_its_run,
                                  an_ipvlan_has_the_hardware_address_of_its_device,
                                  a_kernel_without_the_kind_is_named,
                                  a_pod_and_its_services_have_devices,
                                  an_ordinary_user_moves_devices_between_services_and_not_the_hosts,
                                  NULL};

    return case_of("netdevs", tests);
}
