/*
 * firewall.c - rules of nftables for a service: masquerade and --publish by root
 * Outside is a network namespace of the test's own, with a neighbour at 192.0.2.1 that knows no
 * route to the service.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/script.h"
#include "system/system.h"

/*
 * `serve PORT` is a shell command for a server that tells its client the client's address, and says
 * when it listens; `ask ADDRESS:PORT` asks it, `far` does from the neighbour; `run` is nsinit with
 * a --veth.
 */
#define NEVER "never() { if \"$@\"; then echo \"it worked: $*\"; exit 8; fi; }\n"

static const char prelude[] = NEVER
    "set -eu; cd $D; rm -f up; mkfifo up; exec 9<>up\n"
    "await() { read -r line <&9; }\n"
    "run() { exec $BINARY --unshare net,pid \\\n"
    "  --veth host-address=10.0.0.1/24,address=10.0.0.2/24,gateway=10.0.0.1,masquerade \"$@\"; }\n"
    "serve() {\n"
    "  printf \"socat TCP4-LISTEN:%d,reuseaddr,fork SYSTEM:'echo \\$SOCAT_PEERADDR' & \" $1\n"
    "  printf \"until grep -q ':%04X 0.*0A ' /proc/net/tcp; do :; done; echo >$D/up;\" $1; }\n"
    "ask() { socat -u TCP4:$1,connect-timeout=5 -; }\n"
    "far() { nsenter -t $neighbour -n socat -u TCP4:$1,connect-timeout=5 -; }\n"
    "is() { [ \"$1\" = \"$2\" ] || { echo \"<<$1>> is not <<$2>>\"; exit 8; }; }\n"
    "unshare -n sh -c \"echo >$D/up; sleep 1000\" & neighbour=$!; await\n"
    "ip link set lo up; ip link add up0 type veth peer name up1 netns $neighbour\n"
    "ip link set up0 up; ip address add 192.0.2.2/24 dev up0; ip route add default via 192.0.2.1\n"
    "nsenter -t $neighbour -n sh -c 'ip link set up1 up; ip link set lo up;\n"
    "  ip address add 192.0.2.1/24 dev up1'\n"
    "echo 1 >/proc/sys/net/ipv4/ip_forward\n";

static void succeeds(const char *test, const char *script)
{
    if (lacks_root(test))
        return;
    if (system("command -v ip nft socat nsenter >/dev/null && unshare -n nft list tables") != 0 ||
        unshare(CLONE_NEWNET) < 0) {
        skip_test(test, "needs ip, nft, socat, nsenter and nftables in the kernel");
        return;
    }
    script_succeeds_behind(prelude, script);
}

START_TEST(a_service_behind_masquerade_reaches_a_network_that_has_no_route_back)
{
    succeeds("a_service_behind_masquerade_reaches_a_network_that_has_no_route_back",
             "nsenter -t $neighbour -n sh -c \"$(serve 7000) wait\" & await\n"
             "is \"$( (run -- socat -u TCP:192.0.2.1:7000 -) )\" 192.0.2.2\n"
             "is \"$(nft list ruleset)\" ''\n");
}
END_TEST

START_TEST(a_published_port_leads_to_the_service_from_everywhere)
{
    succeeds("a_published_port_leads_to_the_service_from_everywhere",
             "run --publish 8080:80 --publish 127.0.0.1:8081:80 --publish 192.0.2.2:8082:80 -- \\\n"
             "  sh -c \"$(serve 80) exec sleep 1000\" & await\n"
             "is \"$(far 192.0.2.2:8080)\" 192.0.2.1\n"
             "is \"$(far 192.0.2.2:8082)\" 192.0.2.1\n"
             "is \"$(ask 127.0.0.1:8080)\" 10.0.0.1\n"
             "is \"$(ask 192.0.2.2:8080)\" 192.0.2.2\n"
             "is \"$(ask 127.0.0.1:8081)\" 10.0.0.1\n"
             "never far 192.0.2.2:8081\n"
             "nft list table inet nsinit-veth0 >/dev/null; kill $!; wait $! || :\n"
             "is \"$(nft list ruleset)\" ''; never ask 127.0.0.1:8080\n");
}
END_TEST

START_TEST(a_service_reaches_its_own_published_port)
{
    succeeds("a_service_reaches_its_own_published_port",
             "run --publish 8080:80 -- sh -c \"$(serve 80) socat -u TCP:192.0.2.2:8080 - >got; \\\n"
             "  echo >$D/up; exec sleep 1000\" & await; await\n"
             "is \"$(cat got)\" 10.0.0.1; kill $!\n");
}
END_TEST

START_TEST(the_rules_are_those_that_nft_itself_would_make)
{
    succeeds("the_rules_are_those_that_nft_itself_would_make",
             "run --publish 8080:80 --publish 192.0.2.2:53:54/udp -- \\\n"
             "  sh -c \"echo >$D/up; exec sleep 1000\" & await\n"
             "nft list table inet nsinit-veth0 | grep -v -e flags -e '^$' | sed 's/ #.*//' >made\n"
             "kill $!; wait $! || :; ip link add veth0 type veth peer name veth1\n"
             "cat >wanted <<'X'\n"
             "table inet nsinit-veth0 {\n"
             "\tchain postrouting {\n"
             "\t\ttype nat hook postrouting priority srcnat; policy accept;\n"
             "\t\tip saddr 10.0.0.2 oif != \"veth0\" masquerade\n"
             "\t\tip saddr 127.0.0.0/8 oif \"veth0\" masquerade\n"
             "\t\tip saddr 10.0.0.2 ip daddr 10.0.0.2 masquerade\n"
             "\t}\n"
             "\tchain prerouting {\n"
             "\t\ttype nat hook prerouting priority dstnat; policy accept;\n"
             "\t\tmeta nfproto ipv4 fib daddr type local tcp dport 8080 dnat ip to 10.0.0.2:80\n"
             "\t\tmeta nfproto ipv4 ip daddr 192.0.2.2 udp dport 53 dnat ip to 10.0.0.2:54\n"
             "\t}\n"
             "\tchain output {\n"
             "\t\ttype nat hook output priority -100; policy accept;\n"
             "\t\tmeta nfproto ipv4 fib daddr type local tcp dport 8080 dnat ip to 10.0.0.2:80\n"
             "\t\tmeta nfproto ipv4 ip daddr 192.0.2.2 udp dport 53 dnat ip to 10.0.0.2:54\n"
             "\t}\n"
             "\tchain loopback {\n"
             "\t\ttype filter hook prerouting priority raw; policy accept;\n"
             "\t\tip daddr 127.0.0.0/8 iif \"veth0\" drop\n"
             "\t}\n"
             "}\n"
             "X\n"
             "diff wanted made; nft -c -f made\n");
}
END_TEST

/* Its own loopback leads to the gateway, by the device that lets answers to 127.0.0.1 through. */
START_TEST(the_machines_loopback_is_closed_to_a_service_with_a_published_port)
{
    succeeds("the_machines_loopback_is_closed_to_a_service_with_a_published_port",
             "sh -c \"$(serve 7000) wait\" & await; ask 127.0.0.1:7000 >/dev/null\n"
             "cat >attack <<'X'\n"
             "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet\n"
             "ip address flush dev lo; ip route flush table local type local 127.0.0.0/8 || :\n"
             "ip route add 127.0.0.1/32 via 10.0.0.1 src 10.0.0.2\n"
             "ip route get 127.0.0.1 | grep -q 'via 10.0.0.1'\n"
             "if socat -u TCP4:127.0.0.1:7000,connect-timeout=0.5 -; then exit 8; fi\n"
             "X\n"
             "(run --publish 8080:80 -- sh -eu attack)\n");
}
END_TEST

START_TEST(a_taken_port_and_forwarding_that_is_off_are_errors)
{
    succeeds("a_taken_port_and_forwarding_that_is_off_are_errors",
             "run --publish 8080:80 -- sh -c \"echo >$D/up; exec sleep 1000\" & await\n"
             "code=0; $BINARY --unshare net --veth address=10.0.1.2/24 --publish 8080:80 -- \\\n"
             "  echo ran 2>err || code=$?; is $code 125\n"
             "is \"$(sed 's/Address in/Address already in/' err)\" \\\n"
             "\"nsinit: --publish 8080:80: bind port 8080: Address already in use\n"
             "  hint: choose a free port, or find its user: ss -anp 'sport = :8080'\"\n"
             "kill $!; wait $! || :; echo 0 >/proc/sys/net/ipv4/ip_forward\n"
             "code=0; (run -- echo ran) 2>err || code=$?; is $code 125\n"
             "is \"$(cat err)\" 'nsinit: --veth masquerade: IPv4 forwarding is off\n"
             "  hint: sysctl net.ipv4.ip_forward=1'\n"
             "is \"$(ip -br link | grep -c veth)\" 0 || :\n");
}
END_TEST

START_TEST(a_killed_nsinit_leaves_no_rule_and_each_restart_makes_them)
{
    succeeds(
        "a_killed_nsinit_leaves_no_rule_and_each_restart_makes_them",
        "run --publish 8080:80 -- sh -c \"echo >$D/up; exec sleep 1000\" & await\n"
        "kill -9 $!; wait $! || :; is \"$(nft list ruleset)\" ''\n"
        "code=0; (run --publish 8080:80 --restart on-failure:2 --restart-delay 0 -- \\\n"
        "  sh -c 'echo ran; exit 3') >out || code=$?; is $code 3; is \"$(grep -c ran out)\" 3\n"
        "is \"$(nft list ruleset)\" ''\n");
}
END_TEST

/* The name of its device outside is free then, and its rules are still there. */
START_TEST(a_service_without_its_device_is_in_no_ones_way)
{
    succeeds("a_service_without_its_device_is_in_no_ones_way",
             "(run -- sh -c \"ip link del eth0; echo >$D/up; sleep 1000\") & await\n"
             "nsenter -t $neighbour -n sh -c \"$(serve 7000) wait\" & await\n"
             "is \"$( (run -- socat -u TCP:192.0.2.1:7000 -) )\" 192.0.2.2\n"
             "is \"$(nft list tables)\" 'table inet nsinit-veth0'\n");
}
END_TEST

START_TEST(egress_lets_only_through_what_is_allowed)
{
    succeeds("egress_lets_only_through_what_is_allowed",
             "for port in 7000 7001; do\n"
             "  nsenter -t $neighbour -n sh -c \"$(serve $port) wait\" & await\n"
             "done\n"
             "limited() { code=0; time=0.4; [ $3 = 1 ] || time=20\n"
             "  (run --cap-drop net_admin,net_raw,sys_admin,sys_ptrace --egress $1 -- \\\n"
             "  socat -u TCP4:192.0.2.1:$2,connect-timeout=$time - >got 2>err) || code=$?\n"
             "  is $code $3; }\n"
             "limited 192.0.2.1:7000 7000 0; is \"$(cat got)\" 192.0.2.2\n"
             "limited 192.0.2.1:7000 7001 1\n"
             "limited 192.0.2.0/25:7000-7001 7001 0; limited 192.0.2.128/25 7001 1\n"
             "limited 192.0.2.1:7000/udp 7000 1; limited deny 7000 1; limited 0.0.0.0/0 7000 0\n");
}
END_TEST

START_TEST(egress_lets_answers_through)
{
    succeeds("egress_lets_answers_through",
             "run --cap-drop all --egress deny --publish 8080:8000 -- \\\n"
             "  sh -c \"$(serve 8000) exec sleep 1000\" & await\n"
             "is \"$(far 192.0.2.2:8080)\" 192.0.2.1; kill $!\n");
}
END_TEST

/* Each attack fails as root, and as root of a new user namespace; the network stays closed. */
#define ATTACKS                                                                         \
    "cat >attack <<'X'\n"                                                               \
    "" NEVER "closed() { never socat -u TCP4:192.0.2.1:7000,connect-timeout=0.4 -; }\n" \
    "closed\n"                                                                          \
    "never nft flush ruleset\n"                                                         \
    "never nft add table inet other\n"                                                  \
    "never ip link set eth0 down\n"                                                     \
    "echo x | never socat - IP4-SENDTO:192.0.2.1:253\n"                                 \
    "echo x | never socat - INTERFACE:eth0\n"                                           \
    "never nsenter -t 1 -n true\n"                                                      \
    "closed\n"                                                                          \
    "[ \"$1\" = again ] || unshare -U -r sh -eu attack again\n"                         \
    "unshare -U -r -n sh -euc 'ip link set lo up; \n"                                   \
    "  if socat -u TCP4:192.0.2.1:7000,connect-timeout=1 -; then exit 8; fi'\n"         \
    "closed\n"                                                                          \
    "X\n"                                                                               \
    "nsenter -t $neighbour -n sh -c \"$(serve 7000) wait\" & await\n"                   \
    "ask 192.0.2.1:7000 >/dev/null\n"

START_TEST(no_attack_opens_egress_without_the_capabilities)
{
    succeeds("no_attack_opens_egress_without_the_capabilities",
             ATTACKS "(run --cap-drop net_admin,net_raw,sys_admin,sys_ptrace --egress deny -- sh "
                     "-eu attack 1)\n");
}
END_TEST

START_TEST(no_attack_opens_egress_from_a_user_namespace_below)
{
    succeeds("no_attack_opens_egress_from_a_user_namespace_below", ATTACKS
             "cat >pod.ini <<'X'\n"
             "[pod]\nunshare = net\negress = deny\ncontrol = no\n"
             "veth = host-address=10.0.0.1/24,address=10.0.0.2/24,gateway=10.0.0.1,masquerade\n"
             "[service a]\nunshare = user,pid\nmap-root-user = yes\n"
             "command = sh -eu attack 1\n"
             "X\n"
             "$BINARY --pod pod.ini\n");
}
END_TEST

START_TEST(egress_of_a_service_that_could_change_it_is_an_error)
{
    succeeds(
        "egress_of_a_service_that_could_change_it_is_an_error",
        "code=0; $BINARY --unshare net --cap-drop net_admin --egress deny -- echo ran 2>err || \\\n"
        "  code=$?; is $code 125\n"
        "is \"$(cat err)\" 'nsinit: --egress: the program could change the rules\n"
        "  hint: add --cap-drop net_admin,net_raw,sys_admin,sys_ptrace'\n"
        "printf '[pod]\\nunshare = net\\negress = deny\\n[service a]\\ncommand = true\\n' "
        ">pod.ini\n"
        "code=0; $BINARY --pod pod.ini --check 2>err || code=$?; is $code 125\n"
        "grep -q 'the program could change the rules' err\n");
}
END_TEST

TCase *firewall_case(void)
{
    const TTest *const tests[] = {
        a_service_behind_masquerade_reaches_a_network_that_has_no_route_back,
        a_published_port_leads_to_the_service_from_everywhere,
        a_service_reaches_its_own_published_port,
        the_rules_are_those_that_nft_itself_would_make,
        the_machines_loopback_is_closed_to_a_service_with_a_published_port,
        a_taken_port_and_forwarding_that_is_off_are_errors,
        a_killed_nsinit_leaves_no_rule_and_each_restart_makes_them,
        a_service_without_its_device_is_in_no_ones_way,
        egress_lets_only_through_what_is_allowed,
        egress_lets_answers_through,
        no_attack_opens_egress_without_the_capabilities,
        no_attack_opens_egress_from_a_user_namespace_below,
        egress_of_a_service_that_could_change_it_is_an_error,
        NULL};

    return case_of("firewall", tests);
}
