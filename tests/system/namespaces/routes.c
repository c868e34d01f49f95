/*
 * routes.c - both ends of a pair: their addresses and routes, and services that route for others
 * Each test has a network namespace of its own as the outside.
 */
#include <sched.h>
#include <stdio.h>

#include "system/isolated_script.h"
#include "system/script.h"

static bool lacks_outside(const char *test)
{
    if (lacks_root(test) || lacks_tool(test, "ip") || lacks_tool(test, "ping"))
        return true;
    ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
    return false;
}

/* Of both programs, addresses and routes are the same text. */
#define SHOW                                                                                \
    "show() { ip -br address show dev $1 | sed 's/@if[0-9]*//; s/fe80:[^ ]*//'; ip route; " \
    "ip -6 route | grep -v fe80; }\n"

START_TEST(both_ends_are_as_ip_configures_them)
{
    if (lacks_outside("both_ends_are_as_ip_configures_them"))
        return;
    script_succeeds(
        0, SHOW
        "cat >inside <<'EOF'\n" SHOW "show eth0 >$1\n"
        "EOF\n"
        "mkfifo up end\n"
        /* ip(8) */
        "unshare -n sh -c 'echo >up; read -r x <end' & read -r x <up\n"
        "inner() { nsenter -n -t $! \"$@\"; }\n"
        "ip link add out type veth peer eth0 netns $!\n"
        "inner ip link set lo up\n"
        "ip address add 10.0.0.1/24 brd + dev out\n"
        "ip address add fd00::1/64 dev out nodad; ip link set out up\n"
        "inner ip address add 10.0.0.2/24 brd + dev eth0\n"
        "inner ip address add fd00::2/64 dev eth0 nodad; inner ip link set eth0 up\n"
        "inner ip route add default via 10.0.0.1\n"
        "inner ip route add 10.1.0.0/16 via 10.0.0.3; inner ip route add 10.3.0.0/16 dev eth0\n"
        "inner ip -6 route add fd01::/64 via fd00::3\n"
        "ip route add 10.2.0.0/16 via 10.0.0.2; ip route add 192.0.2.7/32 dev out\n"
        "ip -6 route add fd02::/64 via fd00::2; ip -6 route add fd03::/64 dev out\n"
        "inner sh ./inside expected-inside; show out >expected-outside\n"
        "ip link delete out; echo >end; wait\n"
        /* nsinit */
        "gives 0 ns --unshare net --veth host=out,address=10.0.0.2/24,"
        "host-address=10.0.0.1/24,address=fd00::2/64,host-address=fd00::1/64,"
        "gateway=10.0.0.1,'route=10.1.0.0/16 via 10.0.0.3',route=10.3.0.0/16,"
        "'route=fd01::/64 via fd00::3','host-route=10.2.0.0/16 via 10.0.0.2',"
        "host-route=192.0.2.7/32,'host-route=fd02::/64 via fd00::2',"
        "host-route=fd03::/64 "
        "-- sh -c 'sh ./inside got-inside; echo >up; read -r x <end' & read -r x <up\n"
        "show out >got-outside; echo >end; wait $!\n"
        "diff expected-inside got-inside >&2; diff expected-outside got-outside >&2\n"
        "test -s got-inside; grep -q 'fd02::/64 via fd00::2' got-outside\n");
}
END_TEST

START_TEST(a_restart_and_a_second_run_have_the_same_addresses_and_leave_none)
{
    if (lacks_outside("a_restart_and_a_second_run_have_the_same_addresses_and_leave_none"))
        return;
    script_succeeds(0, "ip route >before; ip -br address >>before\n"
                       "for run in 1 2; do\n"
                       "gives 3 ns --unshare net --restart on-failure:2 --restart-delay 1ms..1ms "
                       "--veth host=out,address=10.0.0.2/24,host-address=10.0.0.1/24,"
                       "'host-route=10.2.0.0/16 via 10.0.0.2' -- "
                       "sh -c 'ping -n -q -c 1 -w 10 10.0.0.1 >ping && echo it ran; exit 3'\n"
                       "[ $(grep -c ran out) = 3 ]\n"
                       "done\n"
                       "ip route >after; ip -br address >>after; cmp before after\n");
}
END_TEST

START_TEST(what_the_kernel_refuses_outside_is_named_and_leaves_nothing)
{
    if (lacks_outside("what_the_kernel_refuses_outside_is_named_and_leaves_nothing"))
        return;
    script_succeeds(0, "ip -br address >before\n"
                       "gives 125 ns --unshare net --veth host=out,host-address=10.0.0.1/24,"
                       "host-route=10.2.3.4/16 -- echo ran\n"
                       "says 'nsinit: --veth eth0: add the route to 10.2.3.4: Invalid argument'\n"
                       "gives 125 ns --unshare net --veth host=out,host-address=10.0.0.1/24,"
                       "host-address=10.0.0.1/24 -- echo ran\n"
                       "says 'nsinit: --veth eth0: add the address 10.0.0.1: File exists'\n"
                       "gives 125 ns --unshare net --veth host=out,address=10.0.0.2/24,"
                       "route=10.0.0.0/24 -- echo ran\n"
                       "says 'nsinit: --veth eth0: add the route to 10.0.0.0: File exists'\n"
                       "ip -br address >after; cmp before after; ! test -s out\n");
}
END_TEST

/* The pod's own network is the outside of the router, whose network is the outside of the client.
 */
#define ROUTED_POD                                                                             \
    "[service router]\nunshare = net\nsysctl = net.ipv4.ip_forward=1\n"                        \
    "sysctl = net.ipv6.conf.all.forwarding=1\n"                                                \
    "veth = address=10.0.0.2/24,host-address=10.0.0.1/24,host-route=10.1.0.0/24 via 10.0.0.2," \
    "address=fd00::2/64,host-address=fd00::1/64,host-route=fd01::/64 via fd00::2\n"            \
    "command = sleep 1000\nstop = KILL\n"                                                      \
    "[service client]\nafter = router\nenter = net=service:router\nunshare = net\n"            \
    "veth = host=lan0,address=10.1.0.2/24,host-address=10.1.0.1/24,gateway=10.1.0.1,"          \
    "address=fd01::2/64,host-address=fd01::1/64,gateway=fd01::1\n"                             \
    "command = sh -c 'ping -n -c 1 -W 10 10.0.0.1 && ping -n -c 1 -W 10 fd00::1'\n"            \
    "essential = yes\n"

static void a_pod_routes(uid_t uid, const char *pod_keys)
{
    char script[3000];

    /* The machine's network has no part in it. One hop fewer than 64: by the router. */
    snprintf(script, sizeof script,
             "cat /proc/net/dev /proc/net/route | sed 's/:.*//' >before\n"
             "cat >pod <<'EOF'\n[pod]\n%s" ROUTED_POD "EOF\n"
             "gives 0 ns --control no --pod pod\n"
             "[ $(grep -c ttl=63 out) = 2 ] || { cat out err >&2; exit 1; }\n"
             "cat /proc/net/dev /proc/net/route | sed 's/:.*//' >after; cmp before after\n",
             pod_keys);
    script_succeeds(uid, script);
}

START_TEST(a_service_routes_between_the_pods_own_network_and_another_service)
{
    if (lacks_outside("a_service_routes_between_the_pods_own_network_and_another_service"))
        return;
    a_pod_routes(0, "unshare = net\n");
    a_pod_routes(0, "unshare = user,net\nmap-root-user = yes\n");
}
END_TEST

START_TEST(an_ordinary_users_pod_has_routers_too)
{
    if (lacks_outside("an_ordinary_users_pod_has_routers_too"))
        return;
    a_pod_routes(ORDINARY_USER, "unshare = user,net\nmap-root-user = yes\n");
}
END_TEST

START_TEST(the_outside_of_a_new_network_in_an_entered_one_is_the_entered_one)
{
    if (lacks_outside("the_outside_of_a_new_network_in_an_entered_one_is_the_entered_one"))
        return;
    script_succeeds(
        0, "touch there; unshare --net=there ip link set lo up\n"
           "there() { nsenter --net=there \"$@\"; }\n"
           "ip -br link >before; there ip -br link >before-there\n"
           "for unshare in net net,pid; do\n"
           "gives 3 ns --enter net=$D/there --unshare $unshare --restart on-failure:2 "
           "--restart-delay 1ms..1ms --veth host=out,address=10.0.0.2/24,host-address=10.0.0.1/24 "
           "-- sh -c 'ping -n -q -c 1 -W 10 10.0.0.1 >ping && nsenter --net=there ip -br "
           "address show dev out; exit 3'\n"
           "[ $(grep -c 10.0.0.1/24 out) = 3 ]\n"
           "there ip -br link | cmp - before-there\n"
           "done\n"
           /* A pair that can't be made, a program that can't be run. */
           "gives 125 ns --enter net=$D/there --unshare net --veth host=lo -- true\n"
           "says '--veth eth0: create the pair: the name lo is in use outside'\n"
           "gives 125 ns --enter net=$D/there --unshare net --veth host=out,address=10.0.0.2/24,"
           "route=10.0.0.7/8 -- true\n"
           "gives 127 ns --enter net=$D/there --unshare net --veth host=out -- ./missing\n"
           "there ip -br link | cmp - before-there; ip -br link | cmp - before\n");
}
END_TEST

START_TEST(an_entered_network_that_is_nsinits_own_is_the_outside)
{
    if (lacks_outside("an_entered_network_that_is_nsinits_own_is_the_outside"))
        return;
    script_succeeds(0, "ip link set lo up\n"
                       "gives 0 ns --enter net=$$ --unshare net --veth "
                       "address=10.0.0.2/24,host-address=10.0.0.1/24 -- "
                       "ping -n -q -c 1 -W 10 10.0.0.1\n");
}
END_TEST

TCase *routes_case(void)
{
    const TTest *const tests[] = {both_ends_are_as_ip_configures_them,
                                  a_restart_and_a_second_run_have_the_same_addresses_and_leave_none,
                                  what_the_kernel_refuses_outside_is_named_and_leaves_nothing,
                                  a_service_routes_between_the_pods_own_network_and_another_service,
                                  an_ordinary_users_pod_has_routers_too,
                                  the_outside_of_a_new_network_in_an_entered_one_is_the_entered_one,
                                  an_entered_network_that_is_nsinits_own_is_the_outside,
                                  NULL};

    return case_of("routes", tests);
}
